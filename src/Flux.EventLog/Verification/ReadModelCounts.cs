namespace Flux.EventLog.Verification;

/// <summary>How many entities a read model says that exist.</summary>
/// <param name="Position">The position that the counts show; -1 when it has not counted yet.</param>
/// <param name="Entities">In all.</param>
/// <param name="Namespaces">In each namespace.</param>
internal sealed record ReadModelCounts(long Position, long Entities, IReadOnlyDictionary<string, long> Namespaces);
