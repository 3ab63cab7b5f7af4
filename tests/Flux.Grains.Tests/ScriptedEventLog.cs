using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;

namespace Flux.Grains.Tests;

/// <summary>A log in memory with the real fences, whose next appends can be held up, fail, or lose their answer on command.</summary>
internal sealed class ScriptedEventLog : IEventLog, IReadModel
{
    private readonly Lock _lock = new();
    private readonly List<RecordedEvent> _events = [];
    private readonly Queue<Step> _script = new();
    private readonly List<EventToAppend[]> _calls = [];
    private TaskCompletionSource<int> _called = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Guid Epoch { get; } = Guid.NewGuid();

    public Timestamp Now => throw new NotSupportedException();

    public long EntityCount => throw new NotSupportedException();

    public Position Position => throw new NotSupportedException();

    /// <summary>Gets or sets what a load of an entity throws, if anything.</summary>
    public Exception? LoadFailure { get; set; }

    /// <summary>Gets or sets what a load of an entity waits for before it reads.</summary>
    public Task LoadGate { get; set; } = Task.CompletedTask;

    /// <summary>Gets or sets what a load of an entity waits for after it has read.</summary>
    public Task LoadedGate { get; set; } = Task.CompletedTask;

    /// <summary>Gets or sets what happens once, right after a load of an entity has read.</summary>
    public Action? OnLoaded { get; set; }

    /// <summary>Gets or sets what happens right before each append, as if another writer were always first.</summary>
    public Action? Rival { get; set; }

    /// <summary>Gets how often an entity was loaded.</summary>
    public int Loads { get; private set; }

    /// <summary>Gets the events of each append, in order.</summary>
    public EventToAppend[][] Calls
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>Gets all that is recorded.</summary>
    public RecordedEvent[] Recorded
    {
        get
        {
            lock (_lock)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>Says how an append to come ends; each call uses up one step, and without one it just succeeds.</summary>
    /// <param name="gate">What the append waits for, in flight.</param>
    /// <param name="before">Thrown before anything is recorded.</param>
    /// <param name="after">Thrown although all is recorded.</param>
    public void Next(Task? gate = null, Exception? before = null, Exception? after = null)
    {
        lock (_lock)
        {
            _script.Enqueue(new Step(gate ?? Task.CompletedTask, before, after));
        }
    }

    /// <summary>Records events behind the writer's back, as another activation would.</summary>
    public void RecordElsewhere(params EventData[] events) => RecordElsewhere(expiry: null, events);

    /// <summary>The same, for events that make something due.</summary>
    public void RecordElsewhere(Expiry? expiry, params EventData[] events)
    {
        lock (_lock)
        {
            foreach (var data in events)
            {
                var state = Fold(EntityKey.Trusted(data.Payload.EntityId!));
                var before = state.Before(data.Payload.Change);
                Record(new EventToAppend(data, state.Version + 1, before, Cause: null, expiry, EventHash.OfRow(state.Hash, data, state.Version + 1, before, cause: null, expiry)));
            }
        }
    }

    /// <summary>Waits until the log was asked to append this often.</summary>
    public async Task CalledAsync(int times, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<int> called;
            lock (_lock)
            {
                if (_calls.Count >= times)
                {
                    return;
                }

                called = _called.Task;
            }

            await called.WaitAsync(cancellationToken);
        }
    }

    public async ValueTask<AppendResult[]> AppendAsync(IReadOnlyList<EventToAppend> events, CancellationToken cancellationToken)
    {
        Step step;
        TaskCompletionSource<int> called;
        lock (_lock)
        {
            step = _script.TryDequeue(out var next) ? next : new Step(Task.CompletedTask, Before: null, After: null);
            _calls.Add([.. events]);
            (called, _called) = (_called, new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        called.SetResult(0);
        Rival?.Invoke();
        await step.Gate.ConfigureAwait(false);
        if (step.Before is not null)
        {
            throw step.Before;
        }

        AppendResult[] results;
        lock (_lock)
        {
            results = [.. Judge([.. events])];
        }

        return step.After is null ? results : throw step.After;
    }

    public async ValueTask<EntityState> LoadAsync(EntityKey key, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Loads++;
        }

        await LoadGate;
        if (LoadFailure is { } failure)
        {
            throw failure;
        }

        var state = Fold(key);
        var onLoaded = OnLoaded;
        OnLoaded = null;
        onLoaded?.Invoke();
        await LoadedGate;
        return state;
    }

    /// <summary>Gives an entity's state as the log has it.</summary>
    public EntityState Fold(EntityKey key)
    {
        lock (_lock)
        {
            return _events.Where(e => e.Data.Entity == key).Aggregate(EntityState.Empty, (state, recorded) => state.Apply(recorded));
        }
    }

    public ValueTask<LogHead> ReadHeadAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<LogPage> ReadAsync(LogScope scope, Position from, ReadDirection direction, int maxCount, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<IReadOnlyList<RecordedEvent>> ReadEntityAsync(EntityKey key, long afterVersion, int maxCount, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<RecordedEvent?> FindByEventIdAsync(string ns, string eventId, CancellationToken cancellationToken) =>
        new(Recorded.FirstOrDefault(e => e.Data.EventIdIsGiven && e.Data.Entity?.Namespace == ns && e.Data.EventId == eventId));

    public ValueTask<IReadOnlyList<RecordedEvent>> ReadEffectsAsync(Position cause, Position after, int maxCount, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<Position> FindPositionAsync(Timestamp time, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<Position> WaitForMoreAsync(Position position, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<bool> WaitForAsync(Position position, TimeSpan timeout, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<EntityState> LoadAsync(EntityKey key, long version, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<EntityPage> ReadPageAsync(EntityRange range, int maxRows, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<DueEntity>> FindDueAsync(Timestamp by, DueEntity after, int maxCount, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    /// <summary>Gets what was to be kept in mind of damaged entities.</summary>
    public List<QuarantinedEntity> Quarantined { get; } = [];

    public ValueTask QuarantineAsync(EntityKey key, EntityDamage damage, CancellationToken cancellationToken)
    {
        Quarantined.Add(new QuarantinedEntity(key.Id, damage));
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<QuarantinedEntity>> ReadQuarantinedAsync(string? after, int maxCount, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<long> CountAsync(IReadOnlyCollection<string> namespaces, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<ListedEntity> ListAsync(string? ns, string prefix, CancellationToken cancellationToken) => throw new NotSupportedException();

    // The rules of the real stores: ids first, then versions; of an entity with an event that is not recorded nothing later is.
    private IEnumerable<AppendResult> Judge(EventToAppend[] events)
    {
        var behind = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in events)
        {
            var entity = item.Data.Payload.EntityId;
            var known = item.Data.EventIdIsGiven
                ? _events.Find(e => e.Data.EventIdIsGiven && string.Equals(e.Data.EventId, item.Data.EventId, StringComparison.Ordinal))
                : null;
            AppendResult result = entity is not null && behind.Contains(entity) ? AppendResult.Behind.Instance
                : known is not null && item.Data.IsRepetitionOf(known.Data) ? new AppendResult.Duplicate(known)
                : known is not null ? new AppendResult.EventIdConflict(item.Data.EventId)
                : entity is not null && Fold(EntityKey.Trusted(entity)).Version is var version && version + 1 != item.Version
                    ? new AppendResult.VersionConflict(version)
                : new AppendResult.Appended(Record(item));
            if (entity is not null && result is not AppendResult.Appended)
            {
                behind.Add(entity);
            }

            yield return result;
        }
    }

    private RecordedEvent Record(EventToAppend item)
    {
        var recorded = new RecordedEvent
        {
            Position = new Position(_events.Count + 1),
            RecordedAt = new Timestamp(1_000_000 + _events.Count),
            Version = item.Version,
            Data = item.Data,
            Before = item.Before,
            Cause = item.Cause,
            Expiry = item.Expiry,
            Hash = item.Hash,
        };
        _events.Add(recorded);
        return recorded;
    }

    private sealed record Step(Task Gate, Exception? Before, Exception? After);
}
