using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.EventLog.Projection;
using Flux.EventLog.Sqlite;
using Microsoft.Data.Sqlite;

namespace Flux.EventLog.Past;

/// <summary>A connection that reads <c>read-model.db</c> for the past. No statement stays open between calls. One thread at a time.</summary>
internal sealed class PastReader : IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _end;
    private readonly SqliteStatement _position;
    private readonly SqliteStatement _count;
    private readonly SqliteStatement _present;
    private readonly SqliteStatement _findCheckpoint;
    private readonly SqliteStatement _checkpoint;
    private readonly SqliteStatement _damaged;

    public PastReader(string path)
    {
        _database = SqliteDatabase.Open(path, SqliteOpenMode.ReadOnly);
        _begin = _database.Prepare("BEGIN");
        _end = _database.Prepare("COMMIT");
        _position = _database.Prepare("SELECT position FROM projection");
        _count = _database.Prepare("SELECT count(*) FROM (SELECT 1 FROM entity WHERE id >= ?1 AND id < ?2 LIMIT ?3)");
        _present = _database.Prepare("SELECT id, properties, last_updated, version FROM entity WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT ?3");
        _damaged = _database.Prepare("SELECT id FROM entity WHERE damage IS NOT NULL AND id >= ?1 AND id < ?2 LIMIT ?3");
        _findCheckpoint = _database.Prepare("SELECT coalesce(max(position), 0) FROM checkpoint WHERE position <= ?1");
        _checkpoint = _database.Prepare(
            "SELECT id, version, last_updated, properties FROM checkpoint_entity WHERE id >= ?1 AND id < ?2 AND position = ?4 ORDER BY id LIMIT ?3");
    }

    public long Count(EntityRange range, long most)
    {
        Bind(_count, range, most).Step();
        var count = _count.Int64(0);
        _count.Reset();
        return count;
    }

    public PresentRows ReadPresent(EntityRange range, int maxRows)
    {
        _begin.Execute(); // one snapshot for the position and the rows
        try
        {
            _position.Step();
            var position = new Position(_position.Int64(0));
            _position.Reset();
            var rows = new List<ListedEntity>();
            var bytes = 0L;
            var isFull = false;
            Bind(_present, range, maxRows);
            try
            {
                while (!isFull && _present.Step())
                {
                    rows.Add(new ListedEntity(_present.Text(0), _present.Blob(1), new Timestamp(_present.Int64(2)), _present.Int64(3)));
                    bytes += rows[^1].Properties.Length;
                    isFull = rows.Count == maxRows || bytes > EntityPageBuilder.MaxBytes;
                }
            }
            finally
            {
                _present.Reset();
            }

            return new PresentRows(rows, position, isFull && range.After(rows[^1].Id) is { IsEmpty: false } rest ? rest : null);
        }
        finally
        {
            _end.Execute();
        }
    }

    public Position FindCheckpoint(Position position)
    {
        _findCheckpoint.Bind(1, position.Value).Step();
        var found = new Position(_findCheckpoint.Int64(0));
        _findCheckpoint.Reset();
        return found;
    }

    public HashSet<string> ReadDamaged(EntityRange range)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        Bind(_damaged, range, long.MaxValue);
        try
        {
            while (_damaged.Step())
            {
                ids.Add(_damaged.Text(0));
            }
        }
        finally
        {
            _damaged.Reset();
        }

        return ids;
    }

    public List<CheckpointRow> ReadCheckpoint(Position checkpoint, EntityRange range, int maxRows)
    {
        var rows = new List<CheckpointRow>(maxRows);
        Bind(_checkpoint, range, maxRows).Bind(4, checkpoint.Value);
        try
        {
            while (_checkpoint.Step())
            {
                rows.Add(new CheckpointRow(
                    _checkpoint.Text(0),
                    _checkpoint.Int64(1),
                    new Timestamp(_checkpoint.Int64(2)),
                    _checkpoint.IsNull(3) ? null : _checkpoint.Blob(3)));
            }
        }
        finally
        {
            _checkpoint.Reset();
        }

        return rows;
    }

    public void Dispose() => _database.Dispose();

    private static SqliteStatement Bind(SqliteStatement statement, EntityRange range, long most)
    {
        statement.BindText(1, range.Start).Bind(3, most);
        return range.End is null
            ? statement.BindBlob(2, []) // any blob sorts after any text
            : statement.BindText(2, range.End);
    }
}
