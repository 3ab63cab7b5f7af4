using Flux.Core.Log;

namespace Flux.Core.Entities;

/// <summary>An entity in a list.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Properties">Its properties: one JSON object in UTF-8.</param>
/// <param name="LastUpdated">When it last changed.</param>
/// <param name="Version">Its version.</param>
public sealed record ListedEntity(string Id, byte[] Properties, Timestamp LastUpdated, long Version);
