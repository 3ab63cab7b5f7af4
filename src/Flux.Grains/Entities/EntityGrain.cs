using System.Text;
using Flux.Core.Claims;
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
internal sealed class EntityGrain(
    ILogWriter log, IEventLog history, IReadModel readModel, EntityActivations activations, EventIds ids, TimeProvider time) : Grain, IEntityGrain
{
    // Two activations of one entity live for seconds at most, and either loses about every second time. Who loses this often is up against something else.
    private const int MaxConflicts = 50;

    // Of names in the event that sets what is due to null: in JSON they can be six times as long.
    private const int MaxExpiryBytes = 128 * 1024;

    // The append behind a reload needs the rest of the time that its call has.
    private static readonly TimeSpan ReloadPatience = TimeSpan.FromSeconds(1);

    private EntityState _committed = EntityState.Empty; // on disk: all that a reader sees
    private EntityState _tail = EntityState.Empty;      // the same plus what is in flight
    private Task<AppendResult>? _tailAppend;            // the append that left _tail; null when _tail was loaded
    private AppendRun _run = new();                     // new after every reload; the writer refuses what is queued from an older one
    private Task _reload = Task.CompletedTask;          // while it is under way, new appends wait for it
    private RecentEventIds? _recent;
    private LinkedListNode<EntityGrain>? _place;
    private volatile bool _isUsed = true;               // who is activated is about to be used
    private volatile bool _isLoaded;                    // once; until then what the feed brings is only remembered
    private long _fedVersion;                           // the last version that the feed has brought

    private Timestamp Now => history.Now;

    private EntityKey Key => EntityGrainKey.ToEntity(this.GetPrimaryKeyString());

    /// <summary>Gets the version after all that is in flight. Any thread may ask.</summary>
    public long TailVersion => Volatile.Read(ref _tail).Version;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _place = activations.Add(Key.Id, this); // first: from now on it hears of what others write
        try
        {
            do
            {
                // One that is damaged stays in memory as well: without an activation that knows, each call would begin with reading all of it again.
                _tail = _committed = await readModel.LoadAsync(Key, cancellationToken);
                _isLoaded = true;
                Interlocked.MemoryBarrier(); // either this sees what is fed now, or IsOvertakenBy sees the state
            }
            while (_tail.Damage is null && _tail.Version < Volatile.Read(ref _fedVersion)); // read before an append of another activation
        }
        catch (Exception e)
        {
            activations.Remove(Key.Id, _place);
            if (e is OperationCanceledException)
            {
                // Orleans gives an activation up after a time; whoever called has to hear that nothing was stored.
                throw new EventLogUnavailableException("the entity's events do not come", e);
            }

            throw;
        }
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_place is not null)
        {
            activations.Remove(Key.Id, _place);
        }

        return Task.CompletedTask;
    }

    /// <summary>Tells whether a version that the feed brings was written by another activation. What this one writes it has counted before.</summary>
    /// <remarks>While it is being loaded it says no, and is loaded again when that is needed. Only the feed asks.</remarks>
    public bool IsOvertakenBy(long version)
    {
        Interlocked.Exchange(ref _fedVersion, version);
        return _isLoaded && version > TailVersion;
    }

    public Task QuarantineAsync(EntityDamage damage)
    {
        if (_tail.Damage is null)
        {
            // Appends in flight are recorded all the same; nobody will see what they change.
            _tail = _tail with { Damage = damage };
            _committed = _committed with { Damage = damage };
        }

        return readModel.QuarantineAsync(Key, damage, CancellationToken.None).AsTask();
    }

    /// <summary>Tells whether it was used since this was last asked, or is being used. Any thread may ask.</summary>
    public bool TakeUse()
    {
        var isUsed = _isUsed || TailVersion != Volatile.Read(ref _committed).Version;
        _isUsed = false;
        return isUsed;
    }

    public async Task<AppendResult> AppendAsync(EventData data)
    {
        _isUsed = true;
        for (var conflicts = 0; ;)
        {
            await WaitForReloadAsync();
            var run = _run;
            var result = await TryAppendAsync(data, run);
            if (!IsToRepeat(result))
            {
                return result;
            }

            if (result is AppendResult.VersionConflict && ++conflicts > MaxConflicts)
            {
                throw TooManyConflicts();
            }

            await ReloadOnceAsync(run);
        }
    }

    public async Task<AppendOutcome[]> AppendManyAsync(EventData[] data)
    {
        _isUsed = true;
        var outcomes = new AppendOutcome[data.Length];
        var waiting = Enumerable.Range(0, data.Length).ToList(); // those without an outcome, in their order
        try
        {
            for (var conflicts = 0; waiting.Count > 0;)
            {
                await WaitForReloadAsync();
                var run = _run;

                // Queued in one turn and one run, they keep their order: when one is not recorded for the sake of another, none behind it is.
                var appends = waiting.ConvertAll(i => SettleAsync(TryAppendAsync(data[i], run)));
                var settled = await Task.WhenAll(appends);
                conflicts += settled.Any(outcome => outcome.Result is AppendResult.VersionConflict) ? 1 : 0;
                var repeated = new List<int>();
                Exception? failure = null;
                for (var i = 0; i < settled.Length; i++)
                {
                    if (settled[i].Result is not { } result || !IsToRepeat(result))
                    {
                        outcomes[waiting[i]] = settled[i];
                        failure ??= settled[i].Failure;
                    }
                    else if (failure is not null)
                    {
                        // Whoever sends the one that failed again sends these behind it.
                        outcomes[waiting[i]] = new AppendOutcome(Result: null, new EventLogUnavailableException("an event before it was not stored", failure));
                    }
                    else if (conflicts > MaxConflicts)
                    {
                        outcomes[waiting[i]] = new AppendOutcome(Result: null, TooManyConflicts());
                    }
                    else
                    {
                        repeated.Add(waiting[i]);
                    }
                }

                waiting = repeated;
                if (waiting.Count > 0)
                {
                    await ReloadOnceAsync(run);
                }
            }
        }
        catch (EventLogUnavailableException unreadable)
        {
            // None of these was recorded. The others keep their outcome: a call that failed as a whole would take it from them.
            waiting.ForEach(i => outcomes[i] = new AppendOutcome(Result: null, unreadable));
        }

        return outcomes;
    }

    public async Task<EntitySnapshot?> GetAsync()
    {
        _isUsed = true;
        await WaitForReloadAsync();
        await _reload; // what is in memory may be behind; fails when nobody can tell
        _tail.Whole();
        var state = _committed;
        if (!state.Exists)
        {
            EndIfUnwritten();
            return null;
        }

        return EntitySnapshot.Of(state);
    }

    public async Task<ClaimOutcome> ClaimAsync(ClaimRequest request)
    {
        _isUsed = true;
        var property = EntityClaim.PropertyOf(request.Key);
        EntityClaim? granted = null;
        EntityClaim? held = null;
        var result = await AppendDecidedAsync(state =>
        {
            var now = Now;
            held = EntityClaim.Find(state, property, now);
            granted = request switch
            {
                ClaimRequest.Acquire { Owner: var owner, Ttl: var ttl } when held is null => new EntityClaim(owner, state.Version + 1, now.AddSeconds(ttl)),
                ClaimRequest.Renew { Token: var token, Ttl: var ttl } when held?.Token == token => held with { ExpiresAt = now.AddSeconds(ttl) },
                _ => null,
            };
            var isGranted = granted is not null || (request is ClaimRequest.Release release && held?.Token == release.Token);
            return isGranted
                ? (ServerEvents.Claim(Key, property, granted, ids.Next(), time.GetUtcNow()),
                    granted is null ? null : Expiry.Of(entity: null, [new DueProperty(property, granted.ExpiresAt)]))
                : null;
        });
        return new ClaimOutcome(result, result is AppendResult.Appended ? granted : held);
    }

    public async Task<IReadOnlyList<KeyedClaim>> GetClaimsAsync()
    {
        _isUsed = true;
        await WaitForReloadAsync();
        await _reload;
        EndIfUnwritten();
        return EntityClaim.FindAll(_committed, Now);
    }

    public async Task ExpireAsync()
    {
        await AppendDecidedAsync(state =>
        {
            var now = Now;
            if (state.Expiry.Entity <= now)
            {
                return (ServerEvents.Deletion(Key, ServerEvents.ExpiryStream, "flux", ids.Next(), time.GetUtcNow()), null);
            }

            // One event has its limits, as any: what is left is due at the next sweep.
            var (due, bytes) = (new List<string>(), 0);
            foreach (var property in state.Expiry.Properties)
            {
                if (property.At <= now)
                {
                    due.Add(property.Name);
                    bytes += Encoding.UTF8.GetByteCount(property.Name);
                    if (due.Count == EventLimits.MaxPropertiesPerEvent || bytes >= MaxExpiryBytes)
                    {
                        break;
                    }
                }
            }

            return due.Count == 0 ? null : (ServerEvents.Expiry(Key, due, ids.Next(), time.GetUtcNow()), null);
        });
    }

    /// <summary>Appends an event that follows from the state.</summary>
    /// <param name="decide">Makes the event, with what it makes due, from the state before it; null when there is none to make.</param>
    /// <returns>What became of it; null when there was none to make.</returns>
    private async Task<AppendResult?> AppendDecidedAsync(Func<EntityState, (EventData Data, Expiry? Expiry)?> decide)
    {
        for (var conflicts = 0; ;)
        {
            await WaitForReloadAsync();
            await _reload; // what is in memory may be behind
            var (run, judged) = (_run, _tailAppend);
            if (decide(_tail) is not var (data, expiry))
            {
                if (await IsRecordedAsync(judged))
                {
                    return null;
                }

                await ReloadOnceAsync(run); // decided on what never was
                continue;
            }

            var result = await AppendNewAsync(data, cause: null, expiry, run);
            if (!IsToRepeat(result))
            {
                return result;
            }

            if (result is AppendResult.VersionConflict && ++conflicts > MaxConflicts)
            {
                throw TooManyConflicts();
            }

            await ReloadOnceAsync(run);
        }
    }

    // Nobody has written this id: reading it must not fill the memory.
    private void EndIfUnwritten()
    {
        if (ReferenceEquals(_committed, EntityState.Empty) && ReferenceEquals(_tail, EntityState.Empty))
        {
            DeactivateOnIdle();
        }
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

    private static bool IsToRepeat(AppendResult result) => result is AppendResult.Behind or AppendResult.VersionConflict;

    private static EventLogUnavailableException TooManyConflicts() => new("another writer keeps taking the versions of this entity");

    /// <summary>Appends once. <see cref="AppendResult.Behind"/> and a version conflict mean: not judged, or not against the log's state; try again.</summary>
    private Task<AppendResult> TryAppendAsync(EventData data, AppendRun run)
    {
        if (!data.EventIdIsGiven || data.Payload.Json.Length > RecentEventIds.MaxPayloadBytes)
        {
            return AppendNewAsync(data, run);
        }

        _recent ??= new RecentEventIds();
        if (_recent.Find(data.EventId) is { } earlier)
        {
            return JudgeAsync(data, earlier);
        }

        var append = AppendNewAsync(data, run);
        _recent.Add(data.EventId, append);
        return append;
    }

    // Whoever brought the id first decides. When nothing came of that, one of those who waited takes its place and the others wait for it.
    private static async Task<AppendResult> JudgeAsync(EventData data, Task<AppendResult> earlier)
    {
        try
        {
            return await earlier switch
            {
                AppendResult.Appended { Event: var recorded } => Judge(data, recorded),
                AppendResult.Duplicate { Event: var recorded } => Judge(data, recorded),
                _ => AppendResult.Behind.Instance,
            };
        }
        catch (Exception e) when (e is EventLogUnavailableException or AppendOutcomeUnknownException)
        {
            return AppendResult.Behind.Instance;
        }
    }

    private static AppendResult Judge(EventData data, RecordedEvent recorded) =>
        data.IsRepetitionOf(recorded.Data) ? new AppendResult.Duplicate(recorded) : new AppendResult.EventIdConflict(data.EventId);

    // No state machine of its own for an event without options: this is the hot path.
    private Task<AppendResult> AppendNewAsync(EventData data, AppendRun run) =>
        data.Options is { } options ? AppendWithOptionsAsync(data, options, run) : AppendNewAsync(data, cause: null, expiry: null, run);

    private async Task<AppendResult> AppendWithOptionsAsync(EventData data, AppendOptions options, AppendRun run) =>
        options.IsConditional && options.FindFailed(Key.Id, _tail, Now) is { } failed
            ? await RefuseAsync(data, failed)
            : await AppendNewAsync(data.With(options: null), options.Cause, options.ToExpiry(Now), run);

    /// <summary>Answers that a condition does not hold, once what it was judged against is on disk.</summary>
    private async Task<AppendResult> RefuseAsync(EventData data, FailedCondition failed)
    {
        var judged = _tail;
        if (!await IsRecordedAsync(_tailAppend))
        {
            return AppendResult.Behind.Instance; // judged against what never was
        }

        // Whether the event is there already comes first: its repetition finds another state than it did.
        if (data.EventIdIsGiven && await history.FindByEventIdAsync(Key.Namespace, data.EventId, CancellationToken.None) is { } recorded)
        {
            return Judge(data, recorded);
        }

        var current = _committed.Version == judged.Version ? _committed : judged;
        return new AppendResult.ConditionFailed(failed, current.Version, EntitySnapshot.Of(current));
    }

    private static async Task<bool> IsRecordedAsync(Task<AppendResult>? append)
    {
        try
        {
            return append is null || await append is AppendResult.Appended;
        }
        catch (Exception e) when (e is EventLogUnavailableException or AppendOutcomeUnknownException)
        {
            return false;
        }
    }

    private async Task<AppendResult> AppendNewAsync(EventData data, Position? cause, Expiry? expiry, AppendRun run)
    {
        // 2. Validate against what is in flight, take the next version, keep what was before
        var change = data.Payload.Change;
        expiry = change.IsDeletion ? null : expiry;
        var before = _tail.Before(change);
        var version = _tail.Version + 1;
        var hash = EventHash.OfRow(_tail.Hash, data, version, before, cause, expiry);
        var mine = _tail.After(change, version, hash, expiry);
        if (WhyFull(mine) is { } reason)
        {
            return new AppendResult.EntityFull(reason);
        }

        // 3. Queue it. A writer that refuses throws here, before _tail has moved.
        var append = log.AppendAsync(new EventToAppend(data, version, before, cause, expiry, hash), run);
        (_tail, _tailAppend) = (mine, append);

        AppendResult result;
        try
        {
            // No token: an append in flight cannot be called back.
            result = await append;
        }
        catch
        {
            // Memory is not trusted after a failure. The caller hears of that failure at once; a log that does not answer may not be readable either.
            BeginReload(run);
            throw;
        }

        if (result is AppendResult.Appended { Event: var recorded })
        {
            SetCommitted(mine, recorded);
        }
        else if (!IsToRepeat(result))
        {
            await ReloadOnceAsync(run);
        }

        return result;
    }

    private void SetCommitted(EntityState mine, RecordedEvent recorded)
    {
        // Answers can overtake each other, commits cannot: with this version on disk all before it are.
        if (mine.Version > _committed.Version)
        {
            _committed = mine.RecordedAs(_committed, recorded.IsApplied, recorded.RecordedAt);
        }
        else if (recorded.IsApplied && recorded.RecordedAt > _committed.LastUpdated)
        {
            // Overtaken by the answer of an event that changed nothing.
            _committed = _committed with { LastUpdated = recorded.RecordedAt };
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

    private async Task WaitForReloadAsync()
    {
        _tail.Whole();
        while (_reload is { IsCompleted: false } reload)
        {
            await reload.WaitAsync(ReloadPatience).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
            if (!reload.IsCompleted)
            {
                throw new EventLogUnavailableException("the entity's events do not come");
            }

            _tail.Whole();
        }
    }

    private Task ReloadOnceAsync(AppendRun run)
    {
        BeginReload(run);
        return ReferenceEquals(run, _run) ? _reload : Task.CompletedTask;
    }

    // One reload for a run, however many of its appends failed. None for a run that goes on: what is in flight in it would be missing from _tail.
    private void BeginReload(AppendRun run)
    {
        if (run.IsBroken && ReferenceEquals(run, _run) && _reload.IsCompleted)
        {
            _reload = ReloadAsync();
        }
    }

    private async Task ReloadAsync()
    {
        try
        {
            EntityState state;
            do
            {
                state = await readModel.LoadAsync(Key, CancellationToken.None);
            }
            while (state.Damage is null && state.Version < _committed.Version); // read before an append that was in flight, and that has been acknowledged since
            (_tail, _committed, _tailAppend) = (state, state, null);
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
