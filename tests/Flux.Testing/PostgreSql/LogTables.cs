using Flux.Testing.History;

namespace Flux.Testing.PostgreSql;

/// <summary>Everything that a log in PostgreSQL consists of, as one snapshot of its tables.</summary>
internal sealed record LogTables
{
    public long HeadPosition { get; init; }

    public byte[] HeadDigest { get; init; } = RowHash.None;

    /// <summary>In the order of positions.</summary>
    public List<LogCommitRecord> Commits { get; init; } = [];

    /// <summary>In the order of positions.</summary>
    public List<RowRecord> Rows { get; init; } = [];

    /// <summary>The fence of versions: <c>entity_event</c>.</summary>
    public Dictionary<(string Entity, long Version), long> Versions { get; init; } = [];

    /// <summary>The fence of event ids: <c>event_id</c>.</summary>
    public Dictionary<(string Namespace, string EventId), long> EventIds { get; init; } = [];
}
