namespace Flux.EventLog.Verification;

/// <summary>An entry of the index on (entity, version).</summary>
internal readonly record struct IndexedVersion(string Entity, long Version, long Position);
