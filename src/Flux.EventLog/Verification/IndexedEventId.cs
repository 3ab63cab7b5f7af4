namespace Flux.EventLog.Verification;

/// <summary>An entry of the index on the ids that producers gave.</summary>
internal readonly record struct IndexedEventId(string Namespace, string EventId, long Position);
