using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.EventLog.Sqlite;
using Microsoft.Data.Sqlite;

namespace Flux.EventLog.Projection;

/// <summary>A connection that reads <c>read-model.db</c>. No statement stays open between calls. One thread at a time.</summary>
internal sealed class ReadModelReader : IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _end;
    private readonly SqliteStatement _entity;
    private readonly SqliteStatement _version;
    private readonly SqliteStatement _eventId;
    private readonly SqliteStatement _chunks;
    private readonly SqliteStatement _chunk;
    private readonly SqliteStatement _list;
    private readonly SqliteStatement _position;
    private readonly SqliteStatement _stateAt;
    private readonly SqliteStatement _count;
    private readonly SqliteStatement _due;
    private readonly SqliteStatement _series;
    private readonly SqliteStatement _quarantined;

    public ReadModelReader(string path)
    {
        _database = SqliteDatabase.Open(path, SqliteOpenMode.ReadOnly);
        _begin = _database.Prepare("BEGIN");
        _end = _database.Prepare("COMMIT");
        _entity = _database.Prepare(EntityRow.Select);
        _version = _database.Prepare("SELECT version FROM entity WHERE id = ?1");
        _eventId = _database.Prepare("SELECT position FROM event_id WHERE namespace = ?1 AND event_id = ?2");
        _chunks = _database.Prepare("SELECT positions FROM entity_event WHERE entity_no = ?1 AND chunk >= ?2 ORDER BY chunk");
        _chunk = _database.Prepare("SELECT positions FROM entity_event WHERE entity_no = ?1 AND chunk = ?2");
        _count = _database.Prepare("SELECT entity_count FROM namespace_count WHERE namespace = ?1");
        _stateAt = _database.Prepare(
            """
            SELECT version, hash, last_updated, properties, expiry, NULL, damage FROM entity WHERE id = ?1 AND version <= ?2
            UNION ALL SELECT * FROM (
              SELECT s.version, s.hash, s.last_updated, s.properties, s.expiry, s.digest, NULL FROM entity e JOIN entity_snapshot s ON s.entity_no = e.entity_no
               WHERE e.id = ?1 AND e.version > ?2 AND s.version <= ?2 ORDER BY s.version DESC LIMIT 1
            )
            """);
        _due = _database.Prepare("SELECT due_at, id FROM entity WHERE due_at <= ?1 AND damage IS NULL AND (due_at, id) > (?2, ?3) ORDER BY due_at, id LIMIT ?4");
        _series = _database.Prepare(
            """
            SELECT s.stretch, c.points
              FROM series_stretch s LEFT JOIN series_chunk c ON c.entity_no = s.entity_no AND c.property = ?2 AND c.stretch = s.stretch
             WHERE s.entity_no = (SELECT entity_no FROM entity WHERE id = ?1) AND s.stretch BETWEEN ?3 AND ?4 ORDER BY s.stretch
            """);
        _position = _database.Prepare("SELECT position FROM projection");
        _quarantined = _database.Prepare("SELECT id, damage FROM entity WHERE damage IS NOT NULL AND (?1 IS NULL OR id > ?1) ORDER BY id LIMIT ?2");
        _list = _database.Prepare(
            "SELECT id, properties, last_updated, version, is_deleted, damage IS NOT NULL FROM entity WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT ?3");
    }

    public (long[] Versions, long[] Positions) Find(List<string> entities, List<(string Namespace, string EventId)> eventIds)
    {
        var (versions, positions) = (new long[entities.Count], new long[eventIds.Count]);
        _begin.Execute(); // one snapshot for all: taking one costs more than a look-up
        try
        {
            for (var i = 0; i < versions.Length; i++)
            {
                versions[i] = ReadNumber(_version.BindText(1, entities[i]));
            }

            for (var i = 0; i < positions.Length; i++)
            {
                positions[i] = ReadNumber(_eventId.BindText(1, eventIds[i].Namespace).BindText(2, eventIds[i].EventId));
            }
        }
        finally
        {
            _end.Execute();
        }

        return (versions, positions);
    }

    public EntityState ReadState(string id) => ReadEntity(id, EntityRow.ToState) ?? EntityState.Empty;

    /// <summary>Reads the newest state not after a version: the row, else a snapshot.</summary>
    public StoredState? FindState(string id, long version)
    {
        try
        {
            return _stateAt.BindText(1, id).Bind(2, version).Step()
                ? new StoredState(
                    _stateAt.Int64(0),
                    _stateAt.Blob(1),
                    new Timestamp(_stateAt.Int64(2)),
                    _stateAt.Blob(3),
                    _stateAt.IsNull(4) ? null : _stateAt.Blob(4),
                    _stateAt.IsNull(5) ? null : _stateAt.Blob(5),
                    _stateAt.IsNull(6) ? null : _stateAt.Text(6))
                : null;
        }
        finally
        {
            _stateAt.Reset();
        }
    }

    public List<long> FindPositions(string id, long afterVersion, int maxCount)
    {
        _begin.Execute(); // the row and its chunks must fit each other
        try
        {
            return ReadEntity(id, row => EntityRow.ToProjected(id, row)) is { } entity ? FindPositions(entity, afterVersion, maxCount) : [];
        }
        finally
        {
            _end.Execute();
        }
    }

    public (long Before, long Last) FindVersionBefore(string id, long position)
    {
        _begin.Execute();
        try
        {
            return ReadEntity(id, row => EntityRow.ToProjected(id, row)) is { } entity
                ? (FindVersionBefore(entity, position), entity.State.Version)
                : (0, 0);
        }
        finally
        {
            _end.Execute();
        }
    }

    /// <summary>Reads the quarantined entities, in the order of their ids.</summary>
    public List<QuarantinedEntity> ReadQuarantined(string? after, int maxCount)
    {
        var found = new List<QuarantinedEntity>();
        try
        {
            _quarantined.BindText(1, after).Bind(2, maxCount);
            while (_quarantined.Step())
            {
                found.Add(new QuarantinedEntity(_quarantined.Text(0), EntityRow.ReadDamage(_quarantined, 1)));
            }
        }
        finally
        {
            _quarantined.Reset();
        }

        return found;
    }

    /// <summary>Reads the next entities of which something is due.</summary>
    public List<DueEntity> FindDue(Timestamp by, DueEntity after, int maxCount)
    {
        var due = new List<DueEntity>();
        try
        {
            _due.Bind(1, by.Microseconds).Bind(2, after.At.Microseconds).BindText(3, after.Id).Bind(4, maxCount);
            while (_due.Step())
            {
                due.Add(new DueEntity(new Timestamp(_due.Int64(0)), _due.Text(1)));
            }
        }
        finally
        {
            _due.Reset();
        }

        return due;
    }

    /// <summary>Reads the chunks of a property in the stretches that are kept.</summary>
    public List<(long Stretch, byte[]? Points)> ReadChunks(string id, byte[] property, long first, long last)
    {
        var chunks = new List<(long Stretch, byte[]? Points)>();
        try
        {
            _series.BindText(1, id).BindBlob(2, property).Bind(3, first).Bind(4, last);
            while (_series.Step())
            {
                chunks.Add((_series.Int64(0), _series.IsNull(1) ? null : _series.Blob(1)));
            }
        }
        finally
        {
            _series.Reset();
        }

        return chunks;
    }

    /// <summary>Counts the existing entities of some namespaces.</summary>
    public long Count(IReadOnlyCollection<string> namespaces)
    {
        _begin.Execute();
        try
        {
            return namespaces.Sum(ns => ReadNumber(_count.BindText(1, ns)));
        }
        finally
        {
            _end.Execute();
        }
    }

    /// <summary>Reads a page of entities and the position that it shows.</summary>
    /// <param name="range">The ids.</param>
    /// <param name="maxRows">The most rows to look at.</param>
    /// <param name="showsSystem">Whether Flux's own records are wanted too.</param>
    public EntityPage ReadPage(EntityRange range, int maxRows, bool showsSystem)
    {
        var page = new EntityPageBuilder(range, maxRows, showsSystem);
        _begin.Execute(); // one snapshot for the position and the rows
        try
        {
            var position = ReadNumber(_position);
            var rows = _list.BindText(1, range.Start).Bind(3, maxRows);
            if (range.End is null)
            {
                rows.BindBlob(2, []); // any blob sorts after any text
            }
            else
            {
                rows.BindText(2, range.End);
            }

            try
            {
                while (rows.Step() && page.TryAdd(
                    new ListedEntity(rows.Text(0), rows.Blob(1), new Timestamp(rows.Int64(2)), rows.Int64(3)),
                    isDeleted: rows.Int64(4) != 0,
                    isDamaged: rows.Int64(5) != 0))
                {
                }
            }
            finally
            {
                rows.Reset();
            }

            return page.Build(position);
        }
        finally
        {
            _end.Execute();
        }
    }

    public void Dispose() => _database.Dispose();

    private static long ReadNumber(SqliteStatement statement)
    {
        var number = statement.Step() ? statement.Int64(0) : 0;
        statement.Reset();
        return number;
    }

    private T? ReadEntity<T>(string id, Func<SqliteStatement, T> read)
        where T : class
    {
        try
        {
            return _entity.BindText(1, id).Step() ? read(_entity) : null;
        }
        finally
        {
            _entity.Reset();
        }
    }

    private List<long> FindPositions(ProjectedEntity entity, long afterVersion, int maxCount)
    {
        var positions = new List<long>();
        var wanted = Math.Min(maxCount, entity.State.Version - afterVersion);
        if (wanted <= 0)
        {
            return positions;
        }

        var firstChunk = afterVersion / PositionList.ChunkSize;
        if (afterVersion + 1 < entity.RecentFrom)
        {
            try
            {
                _chunks.Bind(1, entity.Number).Bind(2, firstChunk);
                while (positions.Count < wanted + PositionList.ChunkSize && _chunks.Step())
                {
                    PositionList.Read(_chunks.Bytes(0), positions);
                }
            }
            finally
            {
                _chunks.Reset();
            }

            positions.RemoveRange(0, (int)(afterVersion - (firstChunk * PositionList.ChunkSize)));
            positions.AddRange(entity.Recent.Take((int)Math.Max(0, wanted - positions.Count)));
        }
        else
        {
            positions.AddRange(entity.Recent.Skip((int)(afterVersion + 1 - entity.RecentFrom)));
        }

        if (positions.Count > wanted)
        {
            positions.RemoveRange((int)wanted, positions.Count - (int)wanted);
        }

        return positions.Count == wanted
            ? positions
            : throw new InvalidDataException($"the index of {entity.Id} lacks events after version {afterVersion}: rebuild the read model");
    }

    private long FindVersionBefore(ProjectedEntity entity, long position)
    {
        if (entity.Recent.Count > 0 && entity.Recent[0] < position)
        {
            return entity.RecentFrom - 1 + CountBefore(entity.Recent, position);
        }

        // The last chunk that begins before the position.
        var (low, high) = (-1L, ((entity.RecentFrom - 1) / PositionList.ChunkSize) - 1);
        List<long> found = [];
        while (low < high)
        {
            var middle = low + ((high - low + 1) / 2);
            var chunk = ReadChunk(entity, middle);
            if (chunk[0] < position)
            {
                (low, found) = (middle, chunk);
            }
            else
            {
                high = middle - 1;
            }
        }

        return low < 0 ? 0 : (low * PositionList.ChunkSize) + CountBefore(found, position);
    }

    private List<long> ReadChunk(ProjectedEntity entity, long chunk)
    {
        var positions = new List<long>(PositionList.ChunkSize);
        try
        {
            if (!_chunk.Bind(1, entity.Number).Bind(2, chunk).Step())
            {
                throw new InvalidDataException($"the index of {entity.Id} lacks chunk {chunk}: rebuild the read model");
            }

            PositionList.Read(_chunk.Bytes(0), positions);
        }
        finally
        {
            _chunk.Reset();
        }

        return positions;
    }

    private static int CountBefore(List<long> positions, long position)
    {
        var at = positions.BinarySearch(position);
        return at < 0 ? ~at : at;
    }
}
