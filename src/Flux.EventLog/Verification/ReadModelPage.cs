namespace Flux.EventLog.Verification;

/// <summary>Rows of entities, and the position that they show.</summary>
internal sealed record ReadModelPage(long Position, IReadOnlyList<ProjectedRow> Rows);
