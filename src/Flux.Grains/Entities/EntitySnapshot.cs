using Flux.Core.Log;

namespace Flux.Grains.Entities;

/// <summary>An existing entity at a moment.</summary>
/// <param name="Properties">Its properties: one JSON object in UTF-8.</param>
/// <param name="LastUpdated">When it last changed.</param>
/// <param name="Version">The version of its last event.</param>
[GenerateSerializer, Immutable, Alias("flux.entity-snapshot")]
public sealed record EntitySnapshot(
    [property: Id(0)] byte[] Properties, [property: Id(1)] Timestamp LastUpdated, [property: Id(2)] long Version);
