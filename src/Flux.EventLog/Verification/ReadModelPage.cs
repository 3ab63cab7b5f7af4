namespace Flux.EventLog.Verification;

/// <summary>Rows of entities, and the position that they show.</summary>
internal sealed record ReadModelPage(long Position, IReadOnlyList<ProjectedRow> Rows)
{
    /// <summary>Gets entries of the index on (entity, version) that belong to none of the rows, or to a later version than the row's.</summary>
    public IReadOnlyList<IndexedVersion> Ahead { get; init; } = [];
}
