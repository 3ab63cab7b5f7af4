using System.Text;
using System.Text.Json.Nodes;
using Flux.Core.Claims;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Grains.Entities;

namespace Flux.Grains.Demo;

/// <summary>What a producer needs of Flux, without the way over HTTP: the event is the JSON that any other would post, and is read as that is.</summary>
internal sealed class DemoProducer(EntityGrains entities, EventIds ids, TimeProvider time)
{
    /// <summary>Publishes an event, as POST /api/events does.</summary>
    /// <param name="entity">What it is about.</param>
    /// <param name="source">Who says so.</param>
    /// <param name="properties">What it sets.</param>
    /// <param name="causedBy">The position of the event that led to it; null for none.</param>
    /// <returns>Its position; null when the entity did not take it.</returns>
    public async Task<Position?> PublishAsync(string entity, string source, JsonObject properties, Position? causedBy = null)
    {
        var json = new JsonObject
        {
            ["stream"] = "demo",
            ["source"] = source,
            ["payload"] = new JsonObject { ["entity_id"] = entity, ["properties"] = properties },
            ["caused_by"] = causedBy?.Value,
        };
        var data = EventReader.ReadEvent(Encoding.UTF8.GetBytes(json.ToJsonString()), ids, time.GetUtcNow());
        return await entities.Get(EntityKey.Trusted(entity)).AppendAsync(data) is AppendResult.Appended { Event: var recorded } ? recorded.Position : null;
    }

    /// <summary>Claims an entity, as POST /api/claims does.</summary>
    /// <param name="entity">The entity.</param>
    /// <param name="owner">Who wants it.</param>
    /// <param name="seconds">For how long.</param>
    /// <returns>The claim; null when another has it.</returns>
    public async Task<EntityClaim?> ClaimAsync(string entity, string owner, long seconds)
    {
        var outcome = await entities.Get(EntityKey.Trusted(entity)).ClaimAsync(new ClaimRequest.Acquire(Key: null, owner, seconds));
        return outcome.Result is AppendResult.Appended ? outcome.Claim : null;
    }

    /// <summary>Lets a claim go, as POST /api/claims/release does.</summary>
    /// <param name="entity">The entity.</param>
    /// <param name="claim">The claim.</param>
    public Task ReleaseAsync(string entity, EntityClaim claim) =>
        entities.Get(EntityKey.Trusted(entity)).ClaimAsync(new ClaimRequest.Release(Key: null, claim.Token));
}
