using System.Buffers;
using Flux.Core.Log;

namespace Flux.Core.Entities;

/// <summary>An existing entity at a moment.</summary>
/// <param name="Properties">Its properties: one JSON object in UTF-8.</param>
/// <param name="LastUpdated">When it last changed.</param>
/// <param name="Version">The version of its last event.</param>
/// <param name="Expiry">What becomes due of it; null for nothing.</param>
[GenerateSerializer, Immutable, Alias("flux.entity-snapshot")]
public sealed record EntitySnapshot(
    [property: Id(0)] byte[] Properties,
    [property: Id(1)] Timestamp LastUpdated,
    [property: Id(2)] long Version,
    [property: Id(3)] Expiry? Expiry)
{
    /// <summary>Takes a state as it is.</summary>
    /// <param name="state">The state.</param>
    /// <returns>The snapshot; null when the entity does not exist.</returns>
    public static EntitySnapshot? Of(EntityState state)
    {
        if (!state.Exists)
        {
            return null;
        }

        var json = new ArrayBufferWriter<byte>(256);
        state.WriteProperties(json);
        return new EntitySnapshot(json.WrittenSpan.ToArray(), state.LastUpdated, state.Version, state.Expiry.IsEmpty ? null : state.Expiry);
    }
}
