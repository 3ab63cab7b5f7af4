using Flux.Core.Log;

namespace Flux.EventLog.Sqlite;

/// <summary>The index of what is in the log and not yet in the read model. Safe for many threads.</summary>
/// <remarks>
/// Who needs both asks the tail first and the read model afterwards: what leaves the tail in between is in the read model already.
/// It stays small because ingest is slowed when the projection falls behind.
/// </remarks>
internal sealed class EventTail(TimeProvider timeProvider)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TailEntity> _entities = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Namespace, string EventId), long> _eventIds = [];
    private readonly Queue<(string? Entity, string? Namespace, string EventId)> _rows = [];
    private readonly Queue<(long Last, long AppendedAt)> _commits = [];

    // The position before the first row in _rows.
    private long _projected;

    /// <summary>Gets how long the oldest commit that is not projected as a whole has been waiting; zero when there is none.</summary>
    public TimeSpan Age
    {
        get
        {
            lock (_gate)
            {
                return _commits.TryPeek(out var oldest) ? timeProvider.GetElapsedTime(oldest.AppendedAt) : TimeSpan.Zero;
            }
        }
    }

    public void Add(ReadOnlySpan<RecordedEvent> rows)
    {
        lock (_gate)
        {
            if (_rows.Count == 0)
            {
                _projected = rows[0].Position.Value - 1;
            }

            foreach (var row in rows)
            {
                var entity = row.Data.Payload.EntityId;
                var ns = row.Data.EventIdIsGiven ? row.Data.Entity?.Namespace ?? string.Empty : null;
                _rows.Enqueue((entity, ns, row.Data.EventId));
                if (ns is not null)
                {
                    _eventIds.Add((ns, row.Data.EventId), row.Position.Value);
                }

                if (entity is not null)
                {
                    if (!_entities.TryGetValue(entity, out var positions))
                    {
                        _entities.Add(entity, positions = new TailEntity(row.Version));
                    }

                    positions.Add(row.Position.Value);
                }
            }

            _commits.Enqueue((rows[^1].Position.Value, timeProvider.GetTimestamp()));
        }
    }

    /// <summary>Forgets what the read model has now.</summary>
    public void RemoveThrough(long position)
    {
        // Few at a time: appends take the same lock.
        const int most = 1000;
        for (var isDone = false; !isDone;)
        {
            lock (_gate)
            {
                for (var i = 0; i < most && !isDone; i++)
                {
                    isDone = _projected >= position || !RemoveFirst();
                }

                while (_commits.TryPeek(out var oldest) && oldest.Last <= _projected)
                {
                    _commits.Dequeue();
                }
            }
        }
    }

    public long FindVersion(string entity)
    {
        lock (_gate)
        {
            return _entities.TryGetValue(entity, out var positions) ? positions.LastVersion : 0;
        }
    }

    public long FindPosition(string ns, string eventId)
    {
        lock (_gate)
        {
            return _eventIds.GetValueOrDefault((ns, eventId));
        }
    }

    /// <summary>Gives the positions of an entity's events here, and the version of the first; 0 and none when there are none.</summary>
    public (long FirstVersion, long[] Positions) FindPositions(string entity)
    {
        lock (_gate)
        {
            return _entities.TryGetValue(entity, out var positions) ? (positions.FirstVersion, positions.Positions.ToArray()) : (0, []);
        }
    }

    private bool RemoveFirst()
    {
        if (!_rows.TryDequeue(out var row))
        {
            return false;
        }

        _projected++;
        if (row.Namespace is not null)
        {
            _eventIds.Remove((row.Namespace, row.EventId));
        }

        if (row.Entity is not null)
        {
            var positions = _entities[row.Entity];
            positions.RemoveFirst();
            if (positions.Count == 0)
            {
                _entities.Remove(row.Entity);
            }
        }

        return true;
    }
}
