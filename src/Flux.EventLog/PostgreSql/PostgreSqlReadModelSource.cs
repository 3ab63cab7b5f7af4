using System.Data;
using Flux.Core.Log;
using Flux.EventLog.Projection;
using Flux.EventLog.Verification;
using Npgsql;

namespace Flux.EventLog.PostgreSql;

/// <summary>The read model of a cluster, and the fences, which are the indexes of its log.</summary>
internal sealed class PostgreSqlReadModelSource(NpgsqlDataSource source) : IReadModelSource
{
    private const int PageRows = 200;
    private const int PageEventIds = 5000;

    /// <inheritdoc/>
    public Guid? Epoch => null;

    /// <inheritdoc/>
    public ReadModelPosition ReadPosition()
    {
        using var command = source.CreateCommand("SELECT position, snapshots_from, snapshots_to FROM projection");
        using var row = command.ExecuteReader();
        var position = row.Read() ? new ReadModelPosition(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)) : null;
        return position is not null && !row.Read() ? position : throw new InvalidDataException("projection does not have one row");
    }

    /// <inheritdoc/>
    public StoredState? FindSnapshot(string entity, long version)
    {
        using var command = source.CreateCommand(
            "SELECT version, hash, last_updated, properties, digest FROM entity_snapshot WHERE entity = $1 AND version = $2");
        command.Parameters.Add(Text(entity));
        command.Parameters.Add(Number(version));
        using var row = command.ExecuteReader();
        return row.Read()
            ? new StoredState(
                row.GetInt64(0), row.GetFieldValue<byte[]>(1), new Timestamp(row.GetInt64(2)), row.GetFieldValue<byte[]>(3), row.GetFieldValue<byte[]>(4))
            : null;
    }

    /// <inheritdoc/>
    public long FindPosition(string entity, long version)
    {
        using var command = source.CreateCommand("SELECT position FROM entity_event WHERE entity = $1 AND version = $2");
        command.Parameters.Add(Text(entity));
        command.Parameters.Add(Number(version));
        return (long?)command.ExecuteScalar() ?? 0;
    }

    /// <inheritdoc/>
    public long FindEventId(string ns, string eventId)
    {
        using var command = source.CreateCommand("SELECT position FROM event_id WHERE namespace = $1 AND event_id = $2");
        command.Parameters.Add(Text(ns));
        command.Parameters.Add(Text(eventId));
        return (long?)command.ExecuteScalar() ?? 0;
    }

    /// <inheritdoc/>
    public IEnumerable<ReadModelPage> ReadEntities()
    {
        // A page goes up to the row after its last one, so that no entry of the index lies between two pages.
        for (var from = string.Empty; from is not null;)
        {
            (var page, from) = ReadPage(from);
            yield return page;
        }
    }

    /// <inheritdoc/>
    public ReadModelPage FindEntity(string id) => InOneMoment(connection =>
    {
        var rows = ReadRows(connection, "WHERE id = $1", id);
        return Complete(connection, rows, "WHERE entity = $1", id, null);
    });

    /// <inheritdoc/>
    public ReadModelCounts ReadCounts() => InOneMoment(connection =>
    {
        long position, entities;
        using (var command = new NpgsqlCommand("SELECT position, entity_count, counted FROM projection", connection))
        using (var row = command.ExecuteReader())
        {
            row.Read();
            (position, entities) = (row.GetInt64(2) == row.GetInt64(0) ? row.GetInt64(0) : -1, row.GetInt64(1));
        }

        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        using var select = new NpgsqlCommand("SELECT namespace, entity_count FROM namespace_count", connection);
        using var count = select.ExecuteReader();
        while (count.Read())
        {
            counts.Add(count.GetString(0), count.GetInt64(1));
        }

        return new ReadModelCounts(position, entities, counts);
    });

    /// <inheritdoc/>
    public IEnumerable<IndexedEventId> ReadEventIds()
    {
        var last = new IndexedEventId(string.Empty, string.Empty, 0);
        while (ReadEventIdsAfter(last) is { Count: > 0 } page)
        {
            foreach (var entry in page)
            {
                yield return entry;
            }

            last = page[^1];
        }
    }

    /// <inheritdoc/>
    public string? FindOrphan()
    {
        using var command = source.CreateCommand(
            "SELECT s.entity FROM entity_snapshot s WHERE NOT EXISTS (SELECT 1 FROM entity e WHERE e.id = s.entity) LIMIT 1");
        return command.ExecuteScalar() is string id ? $"a snapshot of {Rows.Damage.Name(id)}, which it does not have" : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The source of connections is the caller's.
    }

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };

    private static NpgsqlParameter<long> Number(long value) => new() { TypedValue = value };

    private (ReadModelPage Page, string? Next) ReadPage(string from) => InOneMoment(connection =>
    {
        var rows = ReadRows(connection, $"WHERE id >= $1 ORDER BY id LIMIT {PageRows + 1}", from);
        string? next = null;
        if (rows.Count > PageRows)
        {
            next = rows[^1].Id;
            rows.RemoveAt(PageRows);
        }

        return (Complete(connection, rows, next is null ? "WHERE entity >= $1" : "WHERE entity >= $1 AND entity < $2", from, next), next);
    });

    private static List<ProjectedRow> ReadRows(NpgsqlConnection connection, string which, string id)
    {
        using var command = new NpgsqlCommand($"SELECT id, version, hash, last_updated, is_deleted, properties FROM entity {which}", connection);
        command.Parameters.Add(Text(id));
        using var row = command.ExecuteReader();
        var rows = new List<ProjectedRow>();
        while (row.Read())
        {
            rows.Add(new ProjectedRow(
                row.GetString(0), row.GetInt64(1), row.GetFieldValue<byte[]>(2), new Timestamp(row.GetInt64(3)), row.GetBoolean(4), row.GetFieldValue<byte[]>(5),
                Positions: 0, PositionCount: 0, SnapshotCount: 0));
        }

        return rows;
    }

    /// <summary>Adds what the index and the snapshots have of the rows.</summary>
    private static ReadModelPage Complete(NpgsqlConnection connection, List<ProjectedRow> rows, string which, string from, string? to)
    {
        var byId = rows.ToDictionary(row => row.Id, StringComparer.Ordinal);
        var ahead = new List<IndexedVersion>();
        using (var command = Command($"SELECT entity, version, position FROM entity_event {which} ORDER BY entity, version"))
        using (var row = command.ExecuteReader())
        {
            while (row.Read())
            {
                var entry = new IndexedVersion(row.GetString(0), row.GetInt64(1), row.GetInt64(2));
                if (byId.TryGetValue(entry.Entity, out var entity) && entry.Version <= entity.Version)
                {
                    byId[entry.Entity] = entity with
                    {
                        Positions = PositionDigest.Add(entity.Positions, entry.Position),
                        PositionCount = entity.PositionCount + 1,
                    };
                }
                else
                {
                    ahead.Add(entry);
                }
            }
        }

        using (var command = Command($"SELECT entity, count(*) FROM entity_snapshot {which} GROUP BY entity"))
        using (var row = command.ExecuteReader())
        {
            while (row.Read())
            {
                if (byId.TryGetValue(row.GetString(0), out var entity))
                {
                    byId[entity.Id] = entity with { SnapshotCount = row.GetInt64(1) };
                }
            }
        }

        using var select = new NpgsqlCommand("SELECT position FROM projection", connection);
        return new ReadModelPage((long)select.ExecuteScalar()!, [.. rows.Select(row => byId[row.Id])]) { Ahead = ahead };

        NpgsqlCommand Command(string sql)
        {
            var command = new NpgsqlCommand(sql, connection);
            command.Parameters.Add(Text(from));
            if (to is not null)
            {
                command.Parameters.Add(Text(to));
            }

            return command;
        }
    }

    private List<IndexedEventId> ReadEventIdsAfter(IndexedEventId last)
    {
        using var command = source.CreateCommand(
            $"""
            SELECT namespace, event_id, position FROM event_id WHERE (namespace, event_id) > ($1, $2) ORDER BY namespace, event_id LIMIT {PageEventIds}
            """);
        command.Parameters.Add(Text(last.Namespace));
        command.Parameters.Add(Text(last.EventId));
        using var row = command.ExecuteReader();
        var page = new List<IndexedEventId>();
        while (row.Read())
        {
            page.Add(new IndexedEventId(row.GetString(0), row.GetString(1), row.GetInt64(2)));
        }

        return page;
    }

    private T InOneMoment<T>(Func<NpgsqlConnection, T> read)
    {
        using var connection = source.OpenConnection();
        using var transaction = connection.BeginTransaction(IsolationLevel.RepeatableRead);
        var result = read(connection);
        transaction.Commit();
        return result;
    }
}
