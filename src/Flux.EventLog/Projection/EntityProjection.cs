using Flux.Core;
using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.EventLog.Series;

namespace Flux.EventLog.Projection;

/// <summary>Folds the log into entities. One thread at a time.</summary>
/// <param name="position">The position up to which everything is written.</param>
/// <param name="entityCount">How many entities exist there.</param>
/// <param name="damages">Hears of damaged events.</param>
internal sealed class EntityProjection(long position, long entityCount, DamageReports damages)
{
    private readonly ProjectedEntityCache _cache = new(MemoryBudget.Of(64 * 1024 * 1024));

    // 64 MiB: some 8,000 entities with three numbers in each event.
    private readonly StretchBuffers _stretches = new(MemoryBudget.Of(64 * 1024 * 1024), idleEvents: 65_536);

    /// <summary>Gets what is folded and not written.</summary>
    public PendingChanges Pending { get; private set; } = new(position, entityCount);

    /// <summary>Gets the position of the last event folded.</summary>
    public Position Position => new(Pending.Position);

    /// <summary>Folds the next events.</summary>
    /// <param name="rows">The events.</param>
    /// <param name="find">Finds the row of an entity that is not in memory; null for a new one.</param>
    /// <exception cref="InvalidOperationException">They are not the next ones: a bug.</exception>
    public void Apply(IReadOnlyList<RecordedEvent> rows, Func<string, ProjectedEntity?> find)
    {
        foreach (var row in rows)
        {
            var entity = row.Data.Payload.EntityId is { } id
                ? FindInMemory(id) ?? find(id) ?? new ProjectedEntity(id, 0, EntityState.Empty, [])
                : null;
            var before = entity?.State;
            Pending.Add(row, entity);
            if ((entity?.State.Damage ?? (object?)row.Damage) is not null)
            {
                Report(row, entity, before);
            }
            else if (entity is not null && _stretches.TryComplete(entity.Id, row, before!.Properties, out var stretch))
            {
                Pending.Stretches.Add(stretch);
            }
        }
    }

    /// <summary>Gives the entities of events that are not in memory.</summary>
    /// <param name="rows">The events.</param>
    public HashSet<string> FindMissing(IReadOnlyList<RecordedEvent> rows)
    {
        var missing = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (row.Data.Payload.EntityId is { } id && FindInMemory(id) is null)
            {
                missing.Add(id);
            }
        }

        return missing;
    }

    /// <summary>Takes note that what was pending is written.</summary>
    public void OnWritten()
    {
        foreach (var entity in Pending.Entities)
        {
            if (entity.State.Damage is null) // else the row says more, when it was repaired
            {
                _cache.Keep(entity);
            }
        }

        Pending = new PendingChanges(Pending.Position, Pending.EntityCount);
    }

    /// <summary>Forgets everything that is not written.</summary>
    /// <param name="position">The position up to which everything is written.</param>
    /// <param name="entityCount">How many entities exist there.</param>
    public void Reset(long position, long entityCount)
    {
        ReleaseMemory();
        Pending = new PendingChanges(position, entityCount);
    }

    /// <summary>Forgets what is only kept to be faster. Any thread may call it.</summary>
    public void ReleaseMemory()
    {
        _cache.Clear();
        _stretches.Clear();
    }

    private void Report(RecordedEvent row, ProjectedEntity? entity, EntityState? before)
    {
        if (entity is null)
        {
            damages.Report(entity: null, new EntityDamage(row.Position, row.Version, row.Damage!));
        }
        else if (before!.Damage is null)
        {
            damages.Report(entity.Id, entity.State.Damage!);
        }
    }

    private ProjectedEntity? FindInMemory(string id) => Pending.Find(id) ?? _cache.Find(id);
}
