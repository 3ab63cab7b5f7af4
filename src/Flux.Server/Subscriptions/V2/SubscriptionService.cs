using System.Buffers;
using System.Globalization;
using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.Core.Subscriptions;
using Flux.Grains.Namespaces;
using Flux.Server.Hosting;

namespace Flux.Server.Subscriptions.V2;

/// <summary>The subscriptions of newer sockets and of event streams on this silo. Each is either on the live path or led to it along the log.</summary>
internal sealed partial class SubscriptionService : IDisposable
{
    private readonly ChangeFeed _feed;      // those without a predicate
    private readonly PredicateFeed _judged; // those with one
    private readonly FollowerTools _tools;
    private readonly LogPlaces _places;
    private readonly IEventLog _log;
    private readonly SubscriptionInstruments _instruments;
    private readonly ILogger<SubscriptionService> _logger;

    public SubscriptionService(
        NamespaceDirectory directory,
        IEventLog log,
        IReadModel readModel,
        TimeProvider time,
        SubscriptionInstruments instruments,
        ILoggerFactory loggers)
    {
        (_log, _instruments) = (log, instruments);
        _logger = loggers.CreateLogger<SubscriptionService>();
        _tools = new FollowerTools(log, readModel, time, loggers.CreateLogger<FollowerTools>());
        _feed = new ChangeFeed(directory, log.Epoch, OnLeft, instruments.OnShipped);
        _places = new LogPlaces(_feed, _tools);
        _judged = new PredicateFeed(
            new ChangeFeed(directory, log.Epoch, OnLeft, instruments.OnShipped), readModel, log, time, loggers.CreateLogger<PredicateFeed>());
    }

    /// <summary>Gets the pages of the log that are read once for all.</summary>
    public LogPages Pages => _tools.Pages;

    /// <summary>Gets the head of the log, as far as it was read for others.</summary>
    public Cursor Head => _feed.Cursor;

    /// <summary>Sets where the live path begins.</summary>
    public void StartAfter(Position head, ReadOnlyMemory<byte> hash)
    {
        var rowHash = hash.IsEmpty ? 0 : Cursor.Shorten(hash.Span);
        _feed.StartAfter(head, rowHash);
        _judged.StartAfter(head, rowHash);
    }

    /// <summary>Takes the next events of the log; what was taken before is left out. It waits for nobody.</summary>
    public void Offer(ReadOnlySpan<RecordedEvent> events)
    {
        var changes = ArrayPool<JudgedChange>.Shared.Rent(events.Length);
        try
        {
            for (var i = 0; i < events.Length; i++)
            {
                changes[i] = new JudgedChange(events[i]);
            }

            _feed.Dispatch(changes.AsSpan(0, events.Length));
        }
        finally
        {
            ArrayPool<JudgedChange>.Shared.Return(changes, clearArray: true);
        }

        _judged.Offer(events);
    }

    /// <summary>Starts a subscription: the first frame that it gets says so.</summary>
    /// <param name="subscription">The subscription.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="cancellationToken">Stops waiting; nothing was started then.</param>
    /// <returns>Null when it was started; else the head of the log, because the place where it was to begin is none of this log's.</returns>
    /// <exception cref="EventLogUnavailableException">The log cannot be read now.</exception>
    public async Task<Cursor?> StartAsync(Subscription subscription, StartPoint start, CancellationToken cancellationToken)
    {
        var feed = FeedOf(subscription);
        Cursor? resumed = null;
        if (start is StartPoint.AfterCursor or StartPoint.AfterPosition)
        {
            resumed = await FindAsync(feed, start, cancellationToken);
            if (resumed is null)
            {
                return _feed.Cursor; // the other feed stands still while nobody looks
            }
        }

        if (subscription.Where is not null)
        {
            _judged.Announce(subscription);
        }

        if (resumed is { } cursor)
        {
            subscription.Append(Frames.Subscribed(subscription.Variant, cursor));
            var at = new Position(cursor.Position.Value + Defect.ResumeError());
            Follow(subscription, () => FollowerOf(subscription).CatchUpAsync(at, isSlow: false));
        }
        else if (start is StartPoint.Snapshot)
        {
            subscription.Append(Frames.Subscribed(subscription.Variant, feed.Position));
            Follow(subscription, () => FollowerOf(subscription).SnapshotAndFollowAsync());
        }
        else
        {
            await CatchUpWithLiveAsync(subscription, feed, cancellationToken);
            feed.Join(subscription, head => Frames.Subscribed(subscription.Variant, head));
        }

        return null;
    }

    /// <summary>Makes a replay ready to begin.</summary>
    /// <param name="subscription">The subscription that it is.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The replay; null when its beginning or its end is no place of this log.</returns>
    /// <exception cref="EventLogUnavailableException">The log cannot be read now.</exception>
    /// <exception cref="RequestRefusedException">It would end before it begins, or one of them lies in the future.</exception>
    public async Task<Replay?> FindReplayAsync(Subscription subscription, ReplayRequest request, CancellationToken cancellationToken)
    {
        if (await FindPlaceAsync(request.Subscription.Start, cancellationToken) is not { } start)
        {
            return null;
        }

        LogPlace? end = null;
        if (request.End is not ReplayEnd.Live)
        {
            end = await _places.FindAsync(request.End, cancellationToken);
            if (end is not { } last)
            {
                return null;
            }

            if (last.Position < start.Position)
            {
                throw QueryParameters.Invalid("to: lies before from");
            }
        }

        return new Replay(subscription, request, start, end, _feed, _tools, _places);
    }

    /// <summary>Finds a place in the log for a replay.</summary>
    /// <param name="start">What comes behind it is to be sent next.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The place; null when this log has none such.</returns>
    /// <exception cref="EventLogUnavailableException">The log cannot be read now.</exception>
    /// <exception cref="RequestRefusedException">It lies in the future.</exception>
    public Task<LogPlace?> FindPlaceAsync(StartPoint start, CancellationToken cancellationToken) => _places.FindAsync(start, cancellationToken);

    /// <summary>Starts a replay: the first frame that it gets says so.</summary>
    /// <returns>False when its client reads no answers: nothing was started.</returns>
    public bool StartReplay(Subscription subscription, Replay replay)
    {
        subscription.Replay = replay;
        if (replay.Begin() != true)
        {
            return false;
        }

        Lead(subscription, () => ReplayAsync(subscription, replay));
        return true;
    }

    /// <summary>Ends a subscription: once this has returned, no frame of it is queued any more.</summary>
    /// <returns>False when it had ended already.</returns>
    public bool End(Subscription subscription)
    {
        var wasRunning = subscription.End();
        Remove(subscription);
        return wasRunning;
    }

    /// <summary>Tells those that want to know that they have everything.</summary>
    /// <param name="isCurrent">Says whether that may be said of a position.</param>
    public void SendProgress(Func<Position, bool> isCurrent)
    {
        _feed.SendProgress(isCurrent, Frames.Progress);
        _judged.Feed.SendProgress(isCurrent, Frames.Progress);
    }

    /// <summary>Judges predicates until the server stops.</summary>
    public Task RunAsync(CancellationToken stoppingToken) => _judged.RunAsync(stoppingToken);

    /// <inheritdoc/>
    public void Dispose() => _tools.Dispose();

    // The path of predicates may be behind the other one. What has passed there is not to come to who asks for what comes next.
    private async ValueTask CatchUpWithLiveAsync(Subscription subscription, ChangeFeed feed, CancellationToken cancellationToken)
    {
        if (feed == _feed)
        {
            return;
        }

        try
        {
            await _tools.WaitForAsync(feed, _feed.Position, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _judged.Withdraw(subscription);
            throw;
        }
    }

    private ChangeFeed FeedOf(Subscription subscription) => subscription.Where is null ? _feed : _judged.Feed;

    private async Task<Cursor?> FindAsync(ChangeFeed feed, StartPoint start, CancellationToken cancellationToken)
    {
        switch (start)
        {
            case StartPoint.AfterPosition(var position):
                return await _tools.FindCursorAsync(feed, position, cancellationToken);
            case StartPoint.AfterCursor(var cursor) when cursor.Epoch == _log.Epoch:
                var found = await _tools.FindCursorAsync(feed, cursor.Position, cancellationToken);
                return found == cursor ? found : null;
            default:
                return null;
        }
    }

    // Under the feed's lock: nothing here may wait.
    private void OnLeft(Subscription subscription, Cursor before, LeaveReason reason)
    {
        switch (reason)
        {
            case LeaveReason.TooCostly:
                EndWithError(subscription, ErrorCodes.ExpressionTooCostly, "the predicate costs more than its budget", before);
                break;
            case LeaveReason.TooSlow when subscription.Slow == SlowMode.Disconnect:
                subscription.End();
                subscription.Connection.Close(new CloseReason(CloseCode.TooSlow, string.Create(
                    CultureInfo.InvariantCulture, $"too slow: resume {subscription.Variant.Name} from {before.Position}")));
                break;
            default:
                Follow(subscription, () => FollowerOf(subscription).CatchUpAsync(before.Position, isSlow: reason == LeaveReason.TooSlow));
                break;
        }
    }

    private Follower FollowerOf(Subscription subscription) => new(subscription, FeedOf(subscription), _tools);

    private void Follow(Subscription subscription, Func<Task> follow) => Lead(subscription, async () =>
    {
        _instruments.OnLagging();
        try
        {
            await follow();
        }
        finally
        {
            _instruments.OnLaggingEnded();
        }
    });

    private async Task ReplayAsync(Subscription subscription, Replay replay)
    {
        Cursor end;
        _instruments.OnReplaying();
        try
        {
            end = await replay.RunAsync();
        }
        finally
        {
            _instruments.OnReplayEnded();
        }

        var last = ReplayFrames.Replayed(subscription.Variant, end);
        if (!replay.GoesLive)
        {
            EndWith(subscription, last);
            return;
        }

        subscription.Append(last);
        subscription.GoLive();
        if (subscription.Where is not null)
        {
            _judged.Announce(subscription);
            if (subscription.IsEnded)
            {
                _judged.Withdraw(subscription); // whoever ended it may have come before
                return;
            }
        }

        Follow(subscription, () => FollowerOf(subscription).CatchUpAsync(end.Position, isSlow: false));
    }

    private void Lead(Subscription subscription, Func<Task> lead) =>
        ThreadPool.UnsafeQueueUserWorkItem(_ => _ = LeadAsync(subscription, lead), state: null);

    private async Task LeadAsync(Subscription subscription, Func<Task> lead)
    {
        try
        {
            await lead();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            LogGone(); // the socket or the subscription has ended
        }
        catch (PredicateTooCostlyException e)
        {
            await EndAtAsync(subscription, ErrorCodes.ExpressionTooCostly, e.Message, e.Before);
        }
        catch (EntityQuarantinedException e)
        {
            EndWithError(subscription, ErrorCodes.Quarantined, e.Message, at: null);
        }
        catch (EventLogUnavailableException e)
        {
            EndWithError(subscription, ErrorCodes.Unavailable, e.Message, at: null);
        }
        catch (Exception e)
        {
            // Whatever it is, this subscription must not stay silent: its socket ends, and its client connects again.
            LogFailed(e);
            subscription.Connection.Abort();
        }
    }

    private async Task EndAtAsync(Subscription subscription, string code, string message, Position? position)
    {
        Cursor? at = null;
        try
        {
            at = position is { } known ? await _tools.FindCursorAsync(FeedOf(subscription), known, subscription.Connection.Closed) : null;
        }
        catch (Exception e) when (e is EventLogUnavailableException or OperationCanceledException)
        {
            LogGone(); // without a cursor then: the client has one
        }

        EndWithError(subscription, code, message, at);
    }

    private void EndWithError(Subscription subscription, string code, string message, Cursor? at) =>
        EndWith(subscription, Frames.Ended(subscription.Variant, code, message, at));

    private void EndWith(Subscription subscription, byte[] last)
    {
        if (subscription.End(last))
        {
            Remove(subscription);
            subscription.OnEnded();
        }
    }

    private void Remove(Subscription subscription)
    {
        FeedOf(subscription).Remove(subscription);
        if (subscription.Where is not null)
        {
            _judged.Withdraw(subscription);
        }
    }
}
