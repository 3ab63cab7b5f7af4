using System.Data;
using Flux.Core.Log;
using Flux.EventLog.Projection;
using Flux.EventLog.Verification;
using Npgsql;

namespace Flux.EventLog.PostgreSql;

/// <summary>The read model of a cluster, and the fences, which are the indexes of its log.</summary>
internal sealed class PostgreSqlReadModelSource(NpgsqlDataSource source) : IReadModelSource
{
    private const int PageRows = 500;
    private const int PageEntries = 5000;

    /// <inheritdoc/>
    public Guid? Epoch => null;

    /// <inheritdoc/>
    public bool HasIndexesOfLog => true;

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
            "SELECT version, hash, last_updated, properties, expiry, digest FROM entity_snapshot WHERE entity = $1 AND version = $2");
        command.Parameters.Add(Text(entity));
        command.Parameters.Add(Number(version));
        using var row = command.ExecuteReader();
        return row.Read()
            ? new StoredState(
                row.GetInt64(0),
                row.GetFieldValue<byte[]>(1),
                new Timestamp(row.GetInt64(2)),
                row.GetFieldValue<byte[]>(3),
                row.IsDBNull(4) ? null : row.GetFieldValue<byte[]>(4),
                row.GetFieldValue<byte[]>(5))
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
        var (which, last) = ("WHERE $1 = '' ORDER BY id", string.Empty); // an empty id is one too
        while (ReadPage($"{which} LIMIT {PageRows}", last) is { Rows.Count: > 0 } page)
        {
            yield return page;
            (which, last) = ("WHERE id > $1 ORDER BY id", page.Rows[^1].Id);
        }
    }

    /// <inheritdoc/>
    public ReadModelPage FindEntity(string id) => ReadPage("WHERE id = $1", id);

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
    public IEnumerable<IndexedVersion> ReadVersions()
    {
        var last = new IndexedVersion(string.Empty, long.MinValue, 0);
        while (ReadVersionsAfter(last) is { Count: > 0 } page)
        {
            foreach (var entry in page)
            {
                yield return entry;
            }

            last = page[^1];
        }
    }

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

    private ReadModelPage ReadPage(string which, string id) => InOneMoment(connection =>
    {
        long position;
        using (var command = new NpgsqlCommand("SELECT position FROM projection", connection))
        {
            position = (long)command.ExecuteScalar()!;
        }

        using var select = new NpgsqlCommand(
            $"""
            SELECT id, version, hash, last_updated, is_deleted, properties, expiry, due_at, (SELECT count(*) FROM entity_snapshot s WHERE s.entity = e.id), damage
              FROM entity e {which}
            """,
            connection);
        select.Parameters.Add(Text(id));
        using var row = select.ExecuteReader();
        var rows = new List<ProjectedRow>();
        while (row.Read())
        {
            rows.Add(new ProjectedRow(
                row.GetString(0), row.GetInt64(1), row.GetFieldValue<byte[]>(2), new Timestamp(row.GetInt64(3)), row.GetBoolean(4), row.GetFieldValue<byte[]>(5),
                row.IsDBNull(6) ? null : row.GetFieldValue<byte[]>(6), row.IsDBNull(7) ? null : row.GetInt64(7), Positions: null, row.GetInt64(8),
                row.IsDBNull(9) ? null : row.GetString(9)));
        }

        return new ReadModelPage(position, rows);
    });

    private List<IndexedVersion> ReadVersionsAfter(IndexedVersion last)
    {
        using var command = source.CreateCommand(
            $"SELECT entity, version, position FROM entity_event WHERE (entity, version) > ($1, $2) ORDER BY entity, version LIMIT {PageEntries}");
        command.Parameters.Add(Text(last.Entity));
        command.Parameters.Add(Number(last.Version));
        using var row = command.ExecuteReader();
        var page = new List<IndexedVersion>();
        while (row.Read())
        {
            page.Add(new IndexedVersion(row.GetString(0), row.GetInt64(1), row.GetInt64(2)));
        }

        return page;
    }

    private List<IndexedEventId> ReadEventIdsAfter(IndexedEventId last)
    {
        using var command = source.CreateCommand(
            $"""
            SELECT namespace, event_id, position FROM event_id WHERE (namespace, event_id) > ($1, $2) ORDER BY namespace, event_id LIMIT {PageEntries}
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
