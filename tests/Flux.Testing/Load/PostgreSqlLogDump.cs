using System.Data;
using Flux.Testing.History;
using Flux.Testing.PostgreSql;
using Npgsql;

namespace Flux.Testing.Load;

/// <summary>Writes the log of a PostgreSQL database into a history. It knows the schema, and nothing else of the server.</summary>
public static class PostgreSqlLogDump
{
    private const int PageSize = 5_000;

    /// <summary>Dumps the whole log and checks that its tables fit together.</summary>
    /// <param name="database">The database's connection string.</param>
    /// <param name="recorder">Where the rows go.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What does not fit; empty when all does.</returns>
    public static async Task<IReadOnlyList<string>> DumpAsync(string database, HistoryRecorder recorder, CancellationToken cancellationToken)
    {
        var log = await ReadAsync(database, cancellationToken);
        log.Rows.ForEach(recorder.Add);
        return LogAudit.Check(log);
    }

    private static async Task<LogTables> ReadAsync(string database, CancellationToken cancellationToken)
    {
        await using var connection = await PostgreSqlServer.ConnectAsync(database, cancellationToken);

        // One snapshot, so that a log may be dumped while it grows.
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var log = new LogTables
        {
            Commits = await ReadAsync(
                connection,
                "SELECT first_position, count, recorded_at, id, writer, digest FROM log_commit ORDER BY first_position",
                r => new LogCommitRecord(r.GetInt64(0), r.GetInt32(1), r.GetInt64(2), r.GetGuid(3), r.GetString(4), r.GetFieldValue<byte[]>(5)),
                cancellationToken),
            Rows = await ReadRowsAsync(connection, cancellationToken),
            Versions = ToIndex(await ReadAsync(
                connection, "SELECT entity, version, position FROM entity_event", r => (Key: (r.GetString(0), r.GetInt64(1)), At: r.GetInt64(2)), cancellationToken)),
            EventIds = ToIndex(await ReadAsync(
                connection, "SELECT namespace, event_id, position FROM event_id", r => (Key: (r.GetString(0), r.GetString(1)), At: r.GetInt64(2)), cancellationToken)),
        };
        var heads = await ReadAsync(
            connection, "SELECT position, digest FROM log_head", r => (Position: r.GetInt64(0), Digest: r.GetFieldValue<byte[]>(1)), cancellationToken);
        return log with { HeadPosition = heads.Single().Position, HeadDigest = heads.Single().Digest };
    }

    // Without its key a table may hold one twice: that is for the audit and the checker to say.
    private static Dictionary<TKey, long> ToIndex<TKey>(List<(TKey Key, long At)> entries)
        where TKey : notnull
    {
        var index = new Dictionary<TKey, long>();
        entries.ForEach(entry => index.TryAdd(entry.Key, entry.At));
        return index;
    }

    private static async Task<List<RowRecord>> ReadRowsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var epoch = (await ReadAsync(connection, "SELECT epoch::text FROM log_meta", r => r.GetString(0), cancellationToken)).Single();
        var rows = new List<RowRecord>();
        for (var last = 0L; ; last = rows[^1].Position)
        {
            var page = await ReadAsync(
                connection,
                $"""
                SELECT position, entity, version, event_id, envelope, payload, before, cause, hash,
                       (SELECT recorded_at FROM log_commit WHERE first_position <= event.position ORDER BY first_position DESC LIMIT 1)
                  FROM event WHERE position > {last} ORDER BY position LIMIT {PageSize}
                """,
                r => LogEnvelope.ReadRow(r, epoch),
                cancellationToken);
            rows.AddRange(page);
            if (page.Count < PageSize)
            {
                return rows;
            }
        }
    }

    private static async Task<List<T>> ReadAsync<T>(
        NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}
