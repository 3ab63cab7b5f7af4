using Flux.Core.Log;
using Microsoft.Data.Sqlite;

namespace Flux.EventLog.Projection;

/// <summary>Folds the log into the read model. One thread at a time.</summary>
internal sealed class EntityProjection
{
    private readonly ReadModelDatabase _database;
    private readonly ProjectedEntityCache _cache = new();
    private PendingChanges _pending;

    public EntityProjection(ReadModelDatabase database)
    {
        _database = database;
        _pending = new PendingChanges(database.Position, database.EntityCount);
    }

    /// <summary>Gets the position of the last event folded.</summary>
    public Position Position => new(_pending.Position);

    /// <summary>Gets how many events are folded and not written.</summary>
    public int PendingCount => _pending.EventCount;

    /// <summary>Folds the next events.</summary>
    /// <exception cref="InvalidOperationException">The log has a gap, or an entity has: a bug, or a file changed by hand.</exception>
    public void Apply(IReadOnlyList<RecordedEvent> rows)
    {
        foreach (var row in rows)
        {
            _pending.Add(row, row.Data.Payload.EntityId is { } id ? Find(id) : null);
        }
    }

    /// <summary>Writes what is folded.</summary>
    /// <exception cref="SqliteException">Nothing was written: <see cref="Reset"/> before going on.</exception>
    public void Flush()
    {
        if (_pending.EventCount == 0)
        {
            return;
        }

        _database.Write(_pending);
        foreach (var entity in _pending.Entities)
        {
            _cache.Keep(entity);
        }

        _pending = new PendingChanges(_pending.Position, _pending.EntityCount);
    }

    /// <summary>Forgets everything that is not on disk.</summary>
    public void Reset()
    {
        _cache.Clear();
        _database.Reopen();
        _pending = new PendingChanges(_database.File.Position, _database.File.EntityCount);
    }

    /// <summary>Forgets what is only kept to be faster. Any thread may call it.</summary>
    public void ReleaseMemory() => _cache.Clear();

    private ProjectedEntity Find(string id) =>
        _pending.Find(id) ?? _cache.Find(id) ?? _database.File.Find(id) ?? new ProjectedEntity(id, 0, Core.Entities.EntityState.Empty, []);
}
