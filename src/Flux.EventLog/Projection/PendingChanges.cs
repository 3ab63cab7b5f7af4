using System.Runtime.InteropServices;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.EventLog.Series;

namespace Flux.EventLog.Projection;

/// <summary>What has been folded and is not written yet.</summary>
internal sealed class PendingChanges(long position, long entityCount)
{
    // A flush of so many takes 0.2 to 0.5 s, and their objects about 50 MB.
    private const int MaxEvents = 50_000;

    // Of states and payloads: on PostgreSQL they go into one statement, which has 1 GB at most.
    private const long MaxBytes = 64L * 1024 * 1024;

    private readonly Dictionary<string, ProjectedEntity> _entities = new(StringComparer.Ordinal);
    private readonly List<(string Namespace, string EventId, long Position)> _eventIds = [];
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
    private long _bytes;

    /// <summary>Gets the position of the last event taken in.</summary>
    public long Position { get; private set; } = position;

    public long EntityCount { get; private set; } = entityCount;

    /// <summary>Gets the hash of the last event taken in; null before the first.</summary>
    public byte[]? RowHash { get; private set; }

    public int EventCount { get; private set; }

    /// <summary>Gets a value indicating whether as much waits as may be in memory: it is to be written before more is folded.</summary>
    public bool IsFull => EventCount >= MaxEvents || _bytes >= MaxBytes;

    /// <summary>Gets the states after every so many versions, with the entity that each is of.</summary>
    public List<(ProjectedEntity Entity, EntityState State)> Snapshots { get; } = [];

    /// <summary>Gets the stretches of series that ended.</summary>
    public List<KeptStretch> Stretches { get; } = [];

    public ProjectedEntity? Find(string id) => _entities.GetValueOrDefault(id);

    /// <summary>Takes in the next event.</summary>
    /// <param name="row">The event.</param>
    /// <param name="entity">Its entity's row as of the event before; null for an event without one.</param>
    public void Add(RecordedEvent row, ProjectedEntity? entity)
    {
        if (row.Position.Value != Position + 1)
        {
            throw new InvalidOperationException($"the projection at {Position} was given position {row.Position}");
        }

        if (entity is not null)
        {
            var made = entity.Apply(row);
            if (made != 0)
            {
                EntityCount += made;
                CollectionsMarshal.GetValueRefOrAddDefault(_counts, EntityKey.Trusted(entity.Id).Namespace, out _) += made;
            }

            if (entity.State.Damage is null && entity.State.Version % StoredState.SnapshotEvery == 0)
            {
                _bytes += entity.State.Properties.Bytes;
                Snapshots.Add((entity, Defect.IsOn(Defect.SnapshotsAhead) ? entity.State with { Version = entity.State.Version + 1 } : entity.State));
            }

            _bytes += _entities.TryAdd(entity.Id, entity) ? entity.State.Properties.Bytes : row.Data.Payload.Json.Length;
        }

        if (row.Data.EventIdIsGiven)
        {
            _eventIds.Add((row.Data.Entity?.Namespace ?? string.Empty, row.Data.EventId, row.Position.Value));
        }

        (Position, RowHash) = (row.Position.Value, row.Hash);
        EventCount++;
    }

    /// <summary>Gives the namespaces that have more or fewer entities than before, and how many more.</summary>
    public List<KeyValuePair<string, long>> SortedCounts() =>
        [.. _counts.Where(count => count.Value != 0).OrderBy(count => count.Key, StringComparer.Ordinal)];

    public List<ProjectedEntity> SortedEntities()
    {
        List<ProjectedEntity> sorted = [.. _entities.Values];

        // New ones (number 0) come first and in the order of their ids, which is the order of the index on them.
        sorted.Sort(static (a, b) => a.Number != b.Number ? a.Number.CompareTo(b.Number) : string.CompareOrdinal(a.Id, b.Id));
        return sorted;
    }

    public List<(string Namespace, string EventId, long Position)> SortedEventIds()
    {
        _eventIds.Sort(static (a, b) => string.CompareOrdinal(a.Namespace, b.Namespace) is not 0 and var order
            ? order
            : string.CompareOrdinal(a.EventId, b.EventId));
        return _eventIds;
    }

    public IEnumerable<ProjectedEntity> Entities => _entities.Values;
}
