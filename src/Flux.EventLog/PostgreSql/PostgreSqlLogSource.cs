using Flux.Core.Log;
using Flux.EventLog.Rows;
using Npgsql;

namespace Flux.EventLog.PostgreSql;

/// <summary>The log of a cluster, as it is stored. Each read is one short transaction.</summary>
internal sealed class PostgreSqlLogSource(NpgsqlDataSource source) : ILogSource
{
    private const int PageRows = 2000;
    private const long PageBytes = 16 * 1024 * 1024;

    /// <inheritdoc/>
    public LogEnds ReadEnds()
    {
        // One statement, so one moment: appends go on meanwhile.
        using var command = source.CreateCommand(
            """
            SELECT (SELECT count(*) FROM log_meta), (SELECT epoch FROM log_meta LIMIT 1), (SELECT count(*) FROM log_head), h.position, h.recorded_at, h.digest,
                   (SELECT coalesce(min(position), 1) FROM event), (SELECT coalesce(min(first_position), 1) FROM log_commit),
                   (SELECT coalesce(max(position), 0) FROM event), c.first_position, c.count, c.recorded_at, c.id, c.writer, c.digest,
                   (SELECT bool_and(digest = sha256(uuid_send(epoch))) FROM log_meta)
              FROM (SELECT * FROM log_head LIMIT 1) h LEFT JOIN (SELECT * FROM log_commit ORDER BY first_position DESC LIMIT 1) c ON true
            """);
        using var row = command.ExecuteReader();
        if (!row.Read() || row.GetInt64(0) != 1 || row.GetInt64(2) != 1)
        {
            throw new InvalidDataException("log_meta and log_head do not have one row each");
        }

        if (!row.GetBoolean(15))
        {
            throw new InvalidDataException($"the epoch {row.GetGuid(1)} in log_meta does not have its digest: one of the two was changed");
        }

        var ends = LogEnds.Check(row.GetGuid(1), row.GetInt64(6), row.GetInt64(7), row.GetInt64(8), row.IsDBNull(9) ? null : ReadCommit(row, first: 9));
        var head = new LogHead(new Position(row.GetInt64(3)), new Timestamp(row.GetInt64(4)), row.GetFieldValue<byte[]>(5));
        return head.Position == ends.Head.Position && head.RecordedAt == ends.Head.RecordedAt && head.Digest.AsSpan().SequenceEqual(ends.Head.Digest)
            ? ends
            : throw new InvalidDataException($"log_head is at position {head.Position}, and is not what the last commit, at position {ends.Head.Position}, has left: it was changed");
    }

    /// <inheritdoc/>
    public IReadOnlyList<CommitRow> ReadCommits(long from)
    {
        using var command = source.CreateCommand(
            $"""
            SELECT first_position, count, recorded_at, id, writer, digest FROM log_commit
             WHERE first_position >= $1 ORDER BY first_position LIMIT {PageRows}
            """);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = from });
        using var row = command.ExecuteReader();
        var commits = new List<CommitRow>();
        while (row.Read())
        {
            commits.Add(ReadCommit(row, first: 0));
        }

        return commits;
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredRow> ReadRows(long first, long last)
    {
        using var command = source.CreateCommand(
            $"""
            SELECT position, entity, version, event_id, envelope, payload, before, cause, hash FROM event
             WHERE position BETWEEN $1 AND $2 ORDER BY position LIMIT {PageRows}
            """);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = first });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = last });
        using var row = command.ExecuteReader();
        var rows = new List<StoredRow>();
        var bytes = 0L;
        while (bytes < PageBytes && row.Read())
        {
            rows.Add(new StoredRow(
                row.GetInt64(0),
                row.IsDBNull(1) ? null : row.GetString(1),
                row.GetInt64(2),
                row.GetString(3),
                row.GetFieldValue<byte[]>(4),
                row.GetFieldValue<byte[]>(5),
                row.IsDBNull(6) ? null : row.GetFieldValue<byte[]>(6),
                row.IsDBNull(7) ? null : row.GetInt64(7),
                row.GetFieldValue<byte[]>(8)));
            bytes += rows[^1].Size;
        }

        return rows;
    }

    /// <inheritdoc/>
    public long? CountCauses(long head) => null;

    /// <inheritdoc/>
    public void Dispose()
    {
        // The source of connections is the caller's.
    }

    private static CommitRow ReadCommit(NpgsqlDataReader row, int first) => new(
        new Position(row.GetInt64(first)),
        row.GetInt32(first + 1),
        new Timestamp(row.GetInt64(first + 2)),
        row.GetGuid(first + 3),
        row.GetString(first + 4),
        row.GetFieldValue<byte[]>(first + 5));
}
