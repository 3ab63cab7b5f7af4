using System.Buffers;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Orleans.Concurrency;

namespace Flux.Grains.Entities;

/// <summary>The only writer of one entity's events; holds their fold in memory.</summary>
/// <remarks>
/// Reentrant, so that a hot entity does not wait out one flush per event: while appends are in flight, the next is judged against
/// <see cref="_tail"/>. Across the await of an append _tail, _committed, _run and _reload may change. After a silo is lost two activations may live
/// for a moment; the log's fences decide between them.
/// </remarks>
[Reentrant]
internal sealed class EntityGrain(ILogWriter log, IReadModel readModel) : Grain, IEntityGrain
{
    // Two activations of one entity live for seconds at most; who loses this often is up against something else.
    private const int MaxConflicts = 10;

    private EntityState _committed = EntityState.Empty; // on disk: all that a reader sees
    private EntityState _tail = EntityState.Empty;      // the same plus what is in flight
    private AppendRun _run = new();                     // new after every reload; the writer refuses what is queued from an older one
    private Task _reload = Task.CompletedTask;          // while it is under way, new appends wait for it
    private RecentEventIds? _recent;

    private EntityKey Key => EntityGrainKey.ToEntity(this.GetPrimaryKeyString());

    public override async Task OnActivateAsync(CancellationToken cancellationToken) =>
        _tail = _committed = await readModel.LoadAsync(Key, cancellationToken);

    public Task<AppendResult> AppendAsync(EventData data)
    {
        if (!data.EventIdIsGiven || data.Payload.Json.Length > RecentEventIds.MaxPayloadBytes)
        {
            return AppendNewAsync(data);
        }

        _recent ??= new RecentEventIds();
        if (_recent.Find(data.EventId) is { IsFaulted: false } earlier)
        {
            return AppendAgainAsync(data, earlier);
        }

        var append = AppendNewAsync(data);
        _recent.Add(data.EventId, append);
        return append;
    }

    public Task<AppendOutcome[]> AppendManyAsync(EventData[] data)
    {
        var outcomes = new Task<AppendOutcome>[data.Length];
        for (var i = 0; i < data.Length; i++)
        {
            outcomes[i] = SettleAsync(AppendAsync(data[i]));
        }

        return Task.WhenAll(outcomes);
    }

    public Task<EntitySnapshot?> GetAsync()
    {
        var state = _committed;
        if (!state.Exists)
        {
            if (ReferenceEquals(state, EntityState.Empty) && ReferenceEquals(_tail, EntityState.Empty))
            {
                // Nobody has written this id: reading it must not fill the memory.
                DeactivateOnIdle();
            }

            return Task.FromResult<EntitySnapshot?>(null);
        }

        var json = new ArrayBufferWriter<byte>(256);
        state.WriteProperties(json);
        return Task.FromResult<EntitySnapshot?>(new EntitySnapshot(json.WrittenSpan.ToArray(), state.LastUpdated, state.Version));
    }

    private static async Task<AppendOutcome> SettleAsync(Task<AppendResult> append)
    {
        try
        {
            return new AppendOutcome(await append, Failure: null);
        }
        catch (Exception e) when (e is EventLogUnavailableException or AppendOutcomeUnknownException)
        {
            return new AppendOutcome(Result: null, e);
        }
    }

    // The id is known here: whoever brought it first decides. When that append failed, one of those who waited takes its place, the others wait for it.
    private async Task<AppendResult> AppendAgainAsync(EventData data, Task<AppendResult> earlier)
    {
        AppendResult first;
        try
        {
            first = await earlier;
        }
        catch (Exception e) when (e is EventLogUnavailableException or AppendOutcomeUnknownException)
        {
            return await AppendAsync(data);
        }

        return first switch
        {
            AppendResult.Appended { Event: var recorded } => Judge(data, recorded),
            AppendResult.Duplicate { Event: var recorded } => Judge(data, recorded),
            _ => await AppendNewAsync(data),
        };
    }

    private static AppendResult Judge(EventData data, RecordedEvent recorded) =>
        data.IsRepetitionOf(recorded.Data) ? new AppendResult.Duplicate(recorded) : new AppendResult.EventIdConflict(data.EventId);

    private async Task<AppendResult> AppendNewAsync(EventData data)
    {
        var conflicts = 0;
        while (true)
        {
            while (!_reload.IsCompleted)
            {
                await _reload;
            }

            // 2. Validate against what is in flight, take the next version, keep what was before
            var change = data.Payload.Change;
            var before = _tail.Before(change);
            var version = _tail.Version + 1;
            var hash = EventHash.OfRow(_tail.Hash, data, version, before, cause: null);
            var mine = _tail.After(change, version, hash);
            if (WhyFull(mine) is { } reason)
            {
                return new AppendResult.EntityFull(reason);
            }

            // 3. Queue it. A writer that refuses throws here, before _tail has moved.
            var run = _run;
            var append = log.AppendAsync(new EventToAppend(data, version, before, Cause: null, hash), run);
            _tail = mine;

            AppendResult result;
            try
            {
                // No token: an append in flight cannot be called back.
                result = await append;
            }
            catch
            {
                // Memory is not trusted after a failure. The caller hears of that failure, even when the reload fails as well: an outcome that
                // nobody knows must not turn into a refusal. A failed reload has ended this activation.
                await ReloadOnceAsync(run).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }

            switch (result)
            {
                case AppendResult.Appended { Event: var recorded }:
                    // Answers can overtake each other, commits cannot: with this version on disk all before it are.
                    if (version > _committed.Version)
                    {
                        _committed = mine.RecordedAs(_committed, recorded.IsApplied, recorded.RecordedAt);
                    }
                    else if (recorded.IsApplied && recorded.RecordedAt > _committed.LastUpdated)
                    {
                        // Overtaken by the answer of an event that changed nothing.
                        _committed = _committed with { LastUpdated = recorded.RecordedAt };
                    }

                    return result;

                case AppendResult.VersionConflict when ++conflicts > MaxConflicts:
                    await ReloadOnceAsync(run);
                    throw new EventLogUnavailableException($"another writer keeps taking the versions of this entity");

                case AppendResult.Behind or AppendResult.VersionConflict:
                    // Not judged, or judged against a state that has moved: once more, against the log's.
                    await ReloadOnceAsync(run);
                    break;

                default:
                    await ReloadOnceAsync(run);
                    return result;
            }
        }
    }

    private static string? WhyFull(EntityState state)
    {
        if (state.Properties.Count > EventLimits.MaxPropertiesPerEntity)
        {
            return $"the entity would have more than {EventLimits.MaxPropertiesPerEntity} properties";
        }

        return state.Properties.Bytes > EventLimits.MaxEntityBytes ? $"the entity would be larger than {EventLimits.MaxEntityBytes} bytes" : null;
    }

    // One reload for a run, however many of its appends failed.
    private async Task ReloadOnceAsync(AppendRun run)
    {
        if (!ReferenceEquals(run, _run))
        {
            return;
        }

        if (_reload.IsCompleted)
        {
            _reload = ReloadAsync();
        }

        await _reload;
    }

    private async Task ReloadAsync()
    {
        try
        {
            var state = await readModel.LoadAsync(Key, CancellationToken.None);
            _tail = _committed = state;
            _run = new AppendRun();
        }
        catch (Exception e)
        {
            // The log cannot be read: this activation knows nothing. The next call makes a new one.
            DeactivateOnIdle();
            throw e as EventLogUnavailableException ?? new EventLogUnavailableException("the entity's events cannot be read", e);
        }
    }
}
