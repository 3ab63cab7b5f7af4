using System.Globalization;
using Flux.Core.Log;
using Flux.EventLog.Rows;
using Flux.EventLog.Sqlite;
using Flux.EventLog.Verification;
using Microsoft.Data.Sqlite;

namespace Flux.EventLog.Projection;

/// <summary>The read model of a data directory, as it is stored.</summary>
/// <remarks>Rows are read from their tables in the order of the keys and looked up through each index besides: both must say the same.</remarks>
internal sealed class SqliteReadModelSource : IReadModelSource
{
    private const int PageRows = 500;

    private readonly string _path;
    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _projection;
    private readonly SqliteStatement _entities;
    private readonly SqliteStatement _entityNumber;
    private readonly SqliteStatement _chunks;
    private readonly SqliteStatement _snapshots;
    private readonly SqliteStatement _snapshot;
    private readonly SqliteStatement _counts;
    private readonly SqliteStatement _eventIds;
    private readonly SqliteStatement _eventId;
    private readonly SqliteStatement _orphan;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _end;

    private SqliteReadModelSource(string path, SqliteDatabase database)
    {
        (_path, _database) = (path, database);
        _begin = database.Prepare("BEGIN");
        _end = database.Prepare("COMMIT");
        _projection = database.Prepare("SELECT (SELECT count(*) FROM projection), epoch, position, entity_count FROM projection");
        _entities = database.Prepare(
            $"""
            SELECT entity_no, id, version, hash, last_updated, is_deleted, properties, recent, expiry, due_at, damage FROM entity
             WHERE entity_no >= ?1 ORDER BY entity_no LIMIT {PageRows}
            """);
        _entityNumber = database.Prepare("SELECT entity_no FROM entity WHERE id = ?1");
        _chunks = database.Prepare("SELECT chunk, positions FROM entity_event WHERE entity_no = ?1 ORDER BY chunk");
        _snapshots = database.Prepare("SELECT count(*) FROM entity_snapshot WHERE entity_no = ?1");
        _snapshot = database.Prepare(
            """
            SELECT s.version, s.hash, s.last_updated, s.properties, s.expiry, s.digest FROM entity e JOIN entity_snapshot s ON s.entity_no = e.entity_no
             WHERE e.id = ?1 AND s.version = ?2
            """);
        _counts = database.Prepare("SELECT namespace, entity_count FROM namespace_count");
        _eventIds = database.Prepare(
            $"""
            SELECT namespace, event_id, position FROM event_id WHERE (namespace, event_id) > (?1, ?2) ORDER BY namespace, event_id LIMIT {PageRows}
            """);
        _eventId = database.Prepare("SELECT position FROM event_id WHERE namespace = ?1 AND event_id = ?2");
        _orphan = database.Prepare(
            """
            SELECT 'a chunk of the index on versions', entity_no FROM entity_event WHERE entity_no NOT IN (SELECT entity_no FROM entity)
            UNION ALL
            SELECT 'a snapshot', entity_no FROM entity_snapshot WHERE entity_no NOT IN (SELECT entity_no FROM entity) LIMIT 1
            """);
        Epoch = Read("the row of projection", () =>
        {
            using var held = _projection.Hold();
            return _projection.Step() && _projection.StoredInt64(0) == 1 && Guid.TryParseExact(_projection.StoredText(1), "D", out var epoch)
                ? epoch
                : throw new FormatException("it holds no epoch");
        });
    }

    /// <inheritdoc/>
    public Guid? Epoch { get; }

    /// <inheritdoc/>
    public bool HasIndexesOfLog => false;

    /// <summary>Opens the read model of a data directory.</summary>
    /// <param name="directory">The data directory, or a backup.</param>
    /// <returns>Null when there is none: it is built when a server starts.</returns>
    /// <exception cref="DataDirectoryUnusableException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static SqliteReadModelSource? Open(string directory)
    {
        var path = Path.Combine(directory, DataDirectory.ReadModelFile);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var database = SqliteDatabase.Open(path, SqliteOpenMode.ReadOnly);
            try
            {
                SqliteSchema.RefuseOther(database, "Projection", path);
                return new SqliteReadModelSource(path, database);
            }
            catch
            {
                database.Dispose();
                throw;
            }
        }
        catch (SqliteException e)
        {
            throw SqliteFailure.Describe(path, e);
        }
    }

    /// <inheritdoc/>
    public ReadModelPosition ReadPosition()
    {
        var (position, _) = Read("the row of projection", ReadProjection);
        return new ReadModelPosition(position, SnapshotsFrom: 0, SnapshotsTo: position);
    }

    /// <inheritdoc/>
    public StoredState? FindSnapshot(string entity, long version) => Read($"a snapshot of {Damage.Name(entity)}", () =>
    {
        using var held = _snapshot.BindText(1, entity).Bind(2, version).Hold();
        return _snapshot.Step()
            ? new StoredState(
                _snapshot.StoredInt64(0),
                _snapshot.StoredBlob(1, EventHash.Size),
                new Timestamp(_snapshot.StoredInt64(2)),
                _snapshot.StoredBlob(3),
                _snapshot.IsNull(4) ? null : _snapshot.StoredBlob(4),
                _snapshot.StoredBlob(5, EventHash.Size))
            : null;
    });

    /// <inheritdoc/>
    public long FindPosition(string entity, long version)
    {
        using var reader = new ReadModelReader(_path);
        return Read($"the index of {Damage.Name(entity)}", () => reader.FindPositions(entity, version - 1, maxCount: 1)) is [var position] ? position : 0;
    }

    /// <inheritdoc/>
    public long FindEventId(string ns, string eventId) => Read($"the index of event id {Damage.Name(eventId)}", () =>
    {
        using var held = _eventId.BindText(1, ns).BindText(2, eventId).Hold();
        return _eventId.Step() ? _eventId.StoredInt64(0) : 0;
    });

    /// <inheritdoc/>
    public IEnumerable<ReadModelPage> ReadEntities()
    {
        var from = long.MinValue;
        while (ReadPage(from, PageRows) is { Page.Rows.Count: > 0 } read)
        {
            yield return read.Page;
            from = read.Next;
        }
    }

    /// <inheritdoc/>
    public ReadModelPage FindEntity(string id) => FindNumber(id) is { } number ? ReadPage(number, maxRows: 1).Page : new ReadModelPage(ReadPosition().Position, []);

    /// <inheritdoc/>
    public ReadModelCounts ReadCounts() => Read("a row of namespace_count", () => InOneMoment(() =>
    {
        var (position, entities) = ReadProjection();
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        using var held = _counts.Hold();
        while (_counts.Step())
        {
            counts[_counts.StoredText(0)] = _counts.StoredInt64(1);
        }

        return new ReadModelCounts(position, entities, counts);
    }));

    /// <inheritdoc/>
    public IEnumerable<IndexedVersion> ReadVersions() => [];

    /// <inheritdoc/>
    public IEnumerable<IndexedEventId> ReadEventIds()
    {
        // The index has no key before this one: an id of no bytes is none.
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
    public string? FindOrphan() => Read("a row without an entity", () =>
    {
        using var held = _orphan.Hold();
        return _orphan.Step() ? string.Create(CultureInfo.InvariantCulture, $"{_orphan.Text(0)} of an entity {_orphan.Int64(1)} that it does not have") : null;
    });

    public void Dispose() => _database.Dispose();

    private (ReadModelPage Page, long Next) ReadPage(long from, int maxRows)
    {
        var at = from;
        return Read($"the row of an entity from number {from} on", () => InOneMoment(() =>
        {
            var rows = new List<ProjectedRow>();
            var position = ReadProjection().Position;
            using var held = _entities.Bind(1, from).Hold();
            while (rows.Count < maxRows && _entities.Step())
            {
                at = _entities.StoredInt64(0);
                rows.Add(ReadEntity());
            }

            return (new ReadModelPage(position, rows), at + 1);
        }));
    }

    private ProjectedRow ReadEntity()
    {
        var number = _entities.StoredInt64(0);
        var id = _entities.StoredText(1);
        if (FindNumber(id) != number)
        {
            throw new FormatException($"{Damage.Name(id)} is not found by its id");
        }

        var (digest, count) = (0UL, 0L);
        var positions = new List<long>(PositionList.ChunkSize);
        using (_chunks.Bind(1, number).Hold())
        {
            while (_chunks.Step())
            {
                Add(_chunks.StoredBlob(1));
                if (_chunks.StoredInt64(0) != (count / PositionList.ChunkSize) - 1 || count % PositionList.ChunkSize != 0)
                {
                    throw new FormatException($"the chunks of {Damage.Name(id)} do not follow each other");
                }
            }
        }

        Add(_entities.StoredBlob(7));
        using var held = _snapshots.Bind(1, number).Hold();
        _snapshots.Step();
        return new ProjectedRow(
            id,
            _entities.StoredInt64(2),
            _entities.StoredBlob(3, EventHash.Size),
            new Timestamp(_entities.StoredInt64(4)),
            _entities.StoredInt64(5) is var deleted and (0 or 1) ? deleted == 1 : throw new FormatException("is_deleted is neither 0 nor 1"),
            _entities.StoredBlob(6),
            _entities.IsNull(8) ? null : _entities.StoredBlob(8),
            _entities.IsNull(9) ? null : _entities.StoredInt64(9),
            (digest, count),
            _snapshots.Int64(0),
            _entities.IsNull(10) ? null : _entities.StoredText(10));

        void Add(byte[] encoded)
        {
            positions.Clear();
            PositionList.Read(encoded, positions);
            foreach (var position in positions)
            {
                digest = PositionDigest.Add(digest, position);
            }

            count += positions.Count;
        }
    }

    private long? FindNumber(string id)
    {
        using var held = _entityNumber.BindText(1, id).Hold();
        return _entityNumber.Step() ? _entityNumber.StoredInt64(0) : null;
    }

    private List<IndexedEventId> ReadEventIdsAfter(IndexedEventId last) => Read($"the index of event ids after {Damage.Name(last.EventId)}", () =>
    {
        var page = new List<IndexedEventId>();
        using var held = _eventIds.BindText(1, last.Namespace).BindText(2, last.EventId).Hold();
        while (_eventIds.Step())
        {
            page.Add(new IndexedEventId(_eventIds.StoredText(0), _eventIds.StoredText(1), _eventIds.StoredInt64(2)));
        }

        return page;
    });

    private (long Position, long Entities) ReadProjection()
    {
        using var held = _projection.Hold();
        return _projection.Step() ? (_projection.StoredInt64(2), _projection.StoredInt64(3)) : throw new FormatException("there is no row of projection");
    }

    private T InOneMoment<T>(Func<T> read)
    {
        _begin.Execute();
        try
        {
            return read();
        }
        finally
        {
            _end.Execute();
        }
    }

    private T Read<T>(string what, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (StoredRowDecoder.IsUnreadable(e))
        {
            throw new InvalidDataException($"the read model: {what} was changed: {e.Message}", e);
        }
        catch (SqliteException e)
        {
            throw SqliteFailure.Describe($"{_path}, at {what},", e);
        }
    }
}
