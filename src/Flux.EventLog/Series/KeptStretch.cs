namespace Flux.EventLog.Series;

/// <summary>All that the read model keeps of a stretch of an entity's versions.</summary>
/// <param name="Entity">The entity's id.</param>
/// <param name="Number">The stretch.</param>
/// <param name="Chunks">The chunk of each property that has points there: its name in UTF-8, in ordinal order, and the points.</param>
internal sealed record KeptStretch(string Entity, long Number, IReadOnlyList<(byte[] Property, byte[] Points)> Chunks);
