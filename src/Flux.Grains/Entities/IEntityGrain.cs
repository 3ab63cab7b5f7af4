using Flux.Core.Claims;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;

namespace Flux.Grains.Entities;

/// <summary>The only writer of one entity's events. Its key is made by <see cref="EntityGrainKey"/>.</summary>
[Alias("flux.entity")]
public interface IEntityGrain : IGrainWithStringKey
{
    /// <summary>Appends an event of this entity.</summary>
    /// <param name="data">The event.</param>
    /// <returns>What became of it: never <see cref="AppendResult.Behind"/>.</returns>
    [Alias("append")]
    Task<AppendResult> AppendAsync(EventData data);

    /// <summary>Appends events of this entity in their order; one that is not recorded does not stop those after it.</summary>
    /// <param name="data">The events.</param>
    /// <returns>For each event, in order, what became of it.</returns>
    [Alias("append-many")]
    Task<AppendOutcome[]> AppendManyAsync([Immutable] EventData[] data);

    /// <summary>Gets the entity's committed state.</summary>
    /// <returns>The state; null when the entity does not exist.</returns>
    [Alias("get")]
    Task<EntitySnapshot?> GetAsync();

    /// <summary>Gets, keeps or lets go a claim on the entity.</summary>
    /// <param name="request">What is wanted.</param>
    /// <returns>What became of it.</returns>
    [Alias("claim")]
    Task<ClaimOutcome> ClaimAsync(ClaimRequest request);

    /// <summary>Gets the claims that are held on the entity.</summary>
    /// <returns>The claims, by their keys.</returns>
    [Alias("get-claims")]
    Task<IReadOnlyList<KeyedClaim>> GetClaimsAsync();

    /// <summary>Appends the events of what is due; does nothing when nothing is.</summary>
    /// <returns>A task.</returns>
    [Alias("expire")]
    Task ExpireAsync();

    /// <summary>Refuses everything from now on, because one of the entity's events was found damaged, and keeps that in mind.</summary>
    /// <param name="damage">What is wrong.</param>
    /// <returns>A task.</returns>
    /// <exception cref="EventLogUnavailableException">It refuses, but will have to be told again after a restart.</exception>
    [Alias("quarantine")]
    Task QuarantineAsync(EntityDamage damage);
}
