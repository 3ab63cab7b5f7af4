using System.Buffers;
using System.Runtime.InteropServices;
using Flux.Core.Entities;
using Flux.EventLog.Series;
using Flux.EventLog.Sqlite;
using Microsoft.Data.Sqlite;

namespace Flux.EventLog.Projection;

/// <summary>The one connection that writes <c>read-model.db</c>. Only the projection uses it.</summary>
internal sealed class ReadModelFile : IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly SqliteStatement _select;
    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _update;
    private readonly SqliteStatement _quarantine;
    private readonly SqliteStatement _insertChunk;
    private readonly SqliteStatement _insertEventId;
    private readonly SqliteStatement _addToCount;
    private readonly SqliteStatement _insertSnapshot;
    private readonly SqliteStatement _insertSeriesChunk;
    private readonly SqliteStatement _insertSeriesStretch;
    private readonly SqliteStatement _moveTo;
    private readonly ArrayBufferWriter<byte> _properties = new(1024);
    private readonly ArrayBufferWriter<byte> _positions = new(1024);
    private long _lastNumber;

    private ReadModelFile(SqliteDatabase database)
    {
        _database = database;
        _begin = database.Prepare("BEGIN IMMEDIATE");
        _commit = database.Prepare("COMMIT");
        _rollback = database.Prepare("ROLLBACK");
        _select = database.Prepare(EntityRow.Select);
        _insert = database.Prepare("INSERT INTO entity VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
        _update = database.Prepare(
            """
            UPDATE entity SET version = ?3, hash = ?4, last_updated = ?5, is_deleted = ?6, properties = ?7, recent = ?8, expiry = ?9, due_at = ?10,
                              damage = coalesce(damage, ?11)
             WHERE entity_no = ?1
            """);
        _quarantine = database.Prepare("UPDATE entity SET damage = coalesce(damage, ?2) WHERE id = ?1");
        _insertChunk = database.Prepare("INSERT INTO entity_event VALUES (?1, ?2, ?3)");
        // Of two events with one id, which only a hand in the file can bring about, the first stands; verify names the other.
        _insertEventId = database.Prepare("INSERT OR IGNORE INTO event_id VALUES (?1, ?2, ?3)");
        _addToCount = database.Prepare(
            "INSERT INTO namespace_count VALUES (?1, ?2) ON CONFLICT (namespace) DO UPDATE SET entity_count = entity_count + excluded.entity_count");
        _insertSnapshot = database.Prepare(
            "INSERT OR REPLACE INTO entity_snapshot SELECT entity_no, ?2, ?3, ?4, ?5, ?6, ?7 FROM entity WHERE id = ?1");
        _insertSeriesChunk = database.Prepare("INSERT OR REPLACE INTO series_chunk SELECT entity_no, ?2, ?3, ?4 FROM entity WHERE id = ?1");
        _insertSeriesStretch = database.Prepare("INSERT OR IGNORE INTO series_stretch SELECT entity_no, ?2 FROM entity WHERE id = ?1");
        _moveTo = database.Prepare("UPDATE projection SET position = ?1, entity_count = ?2, row_hash = ?3");
        _lastNumber = database.QueryInt64("SELECT coalesce(max(entity_no), 0) FROM entity");
        Epoch = Guid.TryParse(database.QueryText("SELECT epoch FROM projection"), out var epoch) ? epoch : Guid.Empty; // no log has that one
        using (var hash = new SqliteStatement(database.Handle, "SELECT row_hash FROM projection"))
        {
            RowHash = hash.Step() && !hash.IsNull(0) ? hash.Blob(0) : null;
        }

        Position = database.QueryInt64("SELECT position FROM projection");
        EntityCount = database.QueryInt64("SELECT entity_count FROM projection");
    }

    /// <summary>Gets the epoch of the log that was projected.</summary>
    public Guid Epoch { get; }

    public long Position { get; private set; }

    /// <summary>Gets the hash of the event at <see cref="Position"/> as it was when the file was opened; null when that is not known.</summary>
    public byte[]? RowHash { get; }

    public long EntityCount { get; private set; }

    public static ReadModelFile Open(string path, Guid createAs)
    {
        var database = SqliteDatabase.Open(path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            // NORMAL: what a power cut takes is projected again. Checkpoints happen inside a flush, about once for 16 MB: nobody waits for them
            // but the projection itself.
            database.Execute(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -16384");
            SqliteSchema.Apply(database, "Projection", path);
            using (var insert = new SqliteStatement(
                database.Handle, "INSERT INTO projection SELECT ?1, 0, 0, NULL WHERE NOT EXISTS (SELECT 1 FROM projection)"))
            {
                insert.BindText(1, createAs.ToString()).Execute();
            }

            return new ReadModelFile(database);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Frees the pages kept in memory.</summary>
    public void ReleaseMemory() => _database.ReleaseMemory();

    public ProjectedEntity? Find(string id)
    {
        try
        {
            return _select.BindText(1, id).Step() ? EntityRow.ToProjected(id, _select) : null;
        }
        finally
        {
            _select.Reset();
        }
    }

    /// <summary>Writes changes and the position up to which they go, all or nothing.</summary>
    /// <exception cref="SqliteException">Nothing was written.</exception>
    public void Write(PendingChanges changes)
    {
        _begin.Execute();
        var entities = changes.SortedEntities(); // so that each page is changed once
        var lastNumber = _lastNumber;
        try
        {
            foreach (var entity in entities)
            {
                Write(entity, entity.Number == 0 ? ++lastNumber : entity.Number);
            }

            foreach (var (entity, state) in changes.Snapshots)
            {
                Keep(entity.Id, state);
            }

            foreach (var stretch in changes.Stretches)
            {
                Keep(stretch);
            }

            foreach (var (ns, eventId, position) in changes.SortedEventIds())
            {
                _insertEventId.BindText(1, ns).BindText(2, eventId).Bind(3, position).Execute();
            }

            foreach (var (ns, more) in changes.SortedCounts())
            {
                _addToCount.BindText(1, ns).Bind(2, more).Execute();
            }

            _moveTo.Bind(1, changes.Position).Bind(2, changes.EntityCount).BindBlobOrNull(3, changes.RowHash).Execute();
            _commit.Execute();
        }
        catch (SqliteException)
        {
            RollBack();
            throw;
        }

        // Not before the commit: an entity that is not written is still a new one.
        foreach (var entity in entities)
        {
            entity.Number = entity.Number == 0 ? ++_lastNumber : entity.Number;
            entity.Recent.RemoveRange(0, entity.Recent.Count - (entity.Recent.Count % PositionList.ChunkSize));
        }

        (Position, EntityCount) = (changes.Position, changes.EntityCount);
    }

    /// <summary>Writes stretches of series, all or nothing.</summary>
    /// <exception cref="SqliteException">Nothing was written.</exception>
    public void Keep(IReadOnlyList<KeptStretch> stretches)
    {
        _begin.Execute();
        try
        {
            foreach (var stretch in stretches)
            {
                Keep(stretch);
            }

            _commit.Execute();
        }
        catch (SqliteException)
        {
            RollBack();
            throw;
        }
    }

    /// <summary>Writes a snapshot of an entity that has a row.</summary>
    public void Keep(string id, EntityState snapshot)
    {
        _properties.ResetWrittenCount();
        snapshot.WriteProperties(_properties);
        _insertSnapshot
            .BindText(1, id)
            .Bind(2, snapshot.Version)
            .BindBlob(3, snapshot.Hash)
            .Bind(4, snapshot.LastUpdated.Microseconds)
            .BindBlob(5, _properties.WrittenSpan)
            .BindBlob(6, StoredState.ComputeDigest(id, snapshot, _properties.WrittenSpan))
            .BindBlobOrNull(7, snapshot.Expiry.ToJson())
            .Execute();
    }

    /// <summary>Keeps in mind that an entity that has a row is damaged.</summary>
    public void Quarantine(string id, EntityDamage damage) => _quarantine.BindText(1, id).BindText(2, damage.ToText()).Execute();

    public void Dispose() => _database.Dispose();

    private void RollBack()
    {
        if (!_database.IsAutocommit)
        {
            _rollback.Execute();
        }
    }

    private void Keep(KeptStretch stretch)
    {
        foreach (var (property, points) in stretch.Chunks)
        {
            _insertSeriesChunk.BindText(1, stretch.Entity).BindBlob(2, property).Bind(3, stretch.Number).BindBlob(4, points).Execute();
        }

        _insertSeriesStretch.BindText(1, stretch.Entity).Bind(2, stretch.Number).Execute();
    }

    private void Write(ProjectedEntity entity, long number)
    {
        var statement = entity.Number == 0 ? _insert : _update;
        if (entity.Number == 0)
        {
            _insert.BindText(2, entity.Id);
        }

        var recent = CollectionsMarshal.AsSpan(entity.Recent);
        for (var chunk = (entity.RecentFrom - 1) / PositionList.ChunkSize; recent.Length >= PositionList.ChunkSize; chunk++)
        {
            _insertChunk.Bind(1, number).Bind(2, chunk).BindBlob(3, Encode(recent[..PositionList.ChunkSize])).Execute();
            recent = recent[PositionList.ChunkSize..];
        }

        var state = entity.State;
        _properties.ResetWrittenCount();
        state.WriteProperties(_properties);
        statement
            .Bind(1, number)
            .Bind(3, state.Version)
            .BindBlob(4, state.Hash)
            .Bind(5, state.LastUpdated.Microseconds)
            .Bind(6, state.Exists ? 0 : 1)
            .BindBlob(7, _properties.WrittenSpan)
            .BindBlob(8, Encode(recent))
            .BindBlobOrNull(9, state.Expiry.ToJson())
            .Bind(10, state.Expiry.Earliest?.Microseconds)
            .BindText(11, state.Damage?.ToText())
            .Execute();
    }

    private ReadOnlySpan<byte> Encode(ReadOnlySpan<long> positions)
    {
        _positions.ResetWrittenCount();
        PositionList.Write(_positions, positions);
        return _positions.WrittenSpan;
    }
}
