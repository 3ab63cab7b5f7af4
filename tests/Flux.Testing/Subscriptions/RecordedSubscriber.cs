using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using Flux.Testing.History;
using Flux.Testing.Load;

namespace Flux.Testing.Subscriptions;

/// <summary>A subscriber that comes back whenever its connection ends, is cut at random, reads as slowly as it is told, and records all that it gets.</summary>
[SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "A run is to be replayable from its seed.")]
internal sealed class RecordedSubscriber : IAsyncDisposable
{
    // A frozen node takes a connection and never answers.
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    // How far it goes back when it goes back on purpose.
    private const int Rewind = 200;

    private readonly SubscriberManners _manners;
    private readonly IReadOnlyList<Uri> _addresses;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _calm = new(); // no more cuts and stalls
    private readonly Lock _gate = new();
    private readonly Task _running;
    private (string Cursor, long Position)? _last;
    private long _caughtUpAt;
    private long _reached = -1; // what it has everything up to, while it is connected
    private CutOnce? _connection;

    public RecordedSubscriber(
        SubscriptionDescription about, SubscriberManners manners, IReadOnlyList<Uri> addresses, ISubscriptionRecords records, TimeProvider time)
    {
        (About, _manners, _addresses, Records, _time) = (about, manners, addresses, records, time);
        _random = Seed.Random(manners.Seed);
        _running = Task.Run(RunAsync);
    }

    public SubscriptionDescription About { get; }

    /// <summary>Gets what happened to it. They are its own: it ends them.</summary>
    public ISubscriptionRecords Records { get; }

    /// <summary>Gets why it gave up; null while it has not.</summary>
    public Exception? Failure => _running.Exception?.InnerException;

    /// <summary>Gets when it was told last that it is caught up; 0 for never.</summary>
    public long CaughtUpAt => Interlocked.Read(ref _caughtUpAt);

    /// <summary>Gets the last cursor, and what it stands for; null before there was one.</summary>
    private (string Cursor, long Position)? Last
    {
        get
        {
            lock (_gate)
            {
                return _last;
            }
        }
    }

    /// <summary>Ends cuts and stalls, so that it can reach the end.</summary>
    public Task CalmAsync() => _calm.CancelAsync();

    /// <summary>Waits until it is connected and has everything up to a position.</summary>
    /// <returns>Whether it came to that within the limit.</returns>
    public Task<bool> ReachAsync(long position, TimeSpan limit, CancellationToken cancellationToken) =>
        WaitAsync(() => Interlocked.Read(ref _reached) >= position, limit, cancellationToken);

    /// <summary>Waits until it was told that it is caught up, later than at a time.</summary>
    /// <returns>Whether it came to that within the limit.</returns>
    public Task<bool> CatchUpAsync(long since, TimeSpan limit, CancellationToken cancellationToken) =>
        WaitAsync(() => CaughtUpAt > since, limit, cancellationToken);

    /// <summary>Records that ingest has stopped at a position and that it was given its time.</summary>
    public void Quiesce(long head) => Records.Add(new SubscriptionRecord.Quiesced(HistoryRecorder.Now(), head));

    /// <summary>Cuts the connection that there is. It comes back.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            _connection?.Do(spared: false);
        }
    }

    /// <summary>Ends it.</summary>
    public async Task CloseAsync()
    {
        await _stopping.CancelAsync();
        Cut();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Cut();
        await _running.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        Records.Dispose();
        _stopping.Dispose();
        _calm.Dispose();
    }

    private async Task<bool> WaitAsync(Func<bool> holds, TimeSpan limit, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        using var timer = new PeriodicTimer(PollInterval, _time);
        while (!holds())
        {
            if (_running.IsFaulted || _time.GetElapsedTime(started) > limit)
            {
                return false;
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }

        return true;
    }

    private async Task RunAsync()
    {
        try
        {
            await Task.Delay(_manners.Late, _time, _stopping.Token);
            for (var number = 0; ; number++)
            {
                await ConnectOnceAsync(_addresses[(number + _manners.FirstAddress) % _addresses.Count]);
                await Task.Delay(LongestPause * _random.NextDouble(), _time, _stopping.Token);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // It is told to end.
        }
    }

    private async Task ConnectOnceAsync(Uri address)
    {
        var (start, position) = NextStart();
        var asked = HistoryRecorder.Now();
        ISubscriptionFeed? feed = null;
        try
        {
            using var limit = new CancellationTokenSource(ConnectLimit, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping.Token);
            feed = About.Protocol == SubscriptionProtocol.Socket
                ? await SocketFeed.ConnectAsync(address, token: null, _manners.Stalling is not null, either.Token)
                : await EventFeed.ConnectAsync(address, token: null, About, _manners.First, start, _manners.Stalling is not null, either.Token);
        }
        catch (Exception e) when (e is WebSocketException or HttpRequestException or IOException || (e is OperationCanceledException && !_stopping.IsCancellationRequested))
        {
            return; // it is starting, or gone, or frozen: the next one
        }

        await using (feed)
        {
            var connection = new CutOnce(feed);
            lock (_gate)
            {
                _connection = connection;
            }

            Records.Add(new SubscriptionRecord.Opened(asked, address.Authority, start, position));
            var wasCut = await ServeAsync(feed, connection, start);
            Interlocked.Exchange(ref _reached, -1);
            lock (_gate)
            {
                _connection = null;
            }

            Records.Add(new SubscriptionRecord.Ended(HistoryRecorder.Now(), wasCut || _stopping.IsCancellationRequested, feed.Ending.Code, feed.Ending.Reason));
        }
    }

    // Whether the client ended it.
    private async Task<bool> ServeAsync(ISubscriptionFeed feed, CutOnce cut, SubscriptionStart start)
    {
        await using var timer = _manners.CutAfter is { } after && !_calm.IsCancellationRequested
            ? _time.CreateTimer(_ => cut.Do(_calm.IsCancellationRequested), state: null, after * (0.5 + _random.NextDouble()), Timeout.InfiniteTimeSpan)
            : null;
        try
        {
            if (feed is SocketFeed socket)
            {
                await socket.SubscribeAsync(About, start, _stopping.Token);
            }

            var stalled = _time.GetTimestamp();

            // A snapshot is held up after its first frame, so that others write while the rest of it is on its way.
            var reads = start == SubscriptionStart.Snapshot ? TimeSpan.Zero : (_manners.Stalling?.Reads ?? default) * (_random.NextDouble() / 4);
            while (await feed.ReadAsync(_stopping.Token) is { } item)
            {
                if (Take(item, start))
                {
                    return true;
                }

                if (_manners.Stalling is { } stalling && _time.GetElapsedTime(stalled) > reads && !_calm.IsCancellationRequested)
                {
                    var since = HistoryRecorder.Now();
                    await StallAsync(stalling.Stalls);
                    Records.Add(new SubscriptionRecord.Stalled(HistoryRecorder.Now(), since));
                    (stalled, reads) = (_time.GetTimestamp(), stalling.Reads);
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException || (e is OperationCanceledException && _stopping.IsCancellationRequested))
        {
            return cut.IsDone; // it ended while the subscription was sent
        }

        return cut.IsDone && feed.Ending.Code is null;
    }

    // Whether the server has ended the subscription, so that the client must leave.
    private bool Take(FeedItem item, SubscriptionStart start)
    {
        var at = HistoryRecorder.Now();
        Records.Add(item.Event is { } sent
            ? new SubscriptionRecord.ReceivedEvent(at, sent.Name, sent.Id, item.Raw)
            : new SubscriptionRecord.Received(at, item.Raw));
        var glance = FrameGlance.At(item.Raw);
        if (glance is { Cursor: { } cursor, Position: { } position })
        {
            lock (_gate)
            {
                _last = (cursor, position);
            }

            if (glance.Type is not "subscribed" || start != SubscriptionStart.Snapshot)
            {
                Interlocked.Exchange(ref _reached, position);
            }
        }

        if (glance.Type is "caught_up")
        {
            Interlocked.Exchange(ref _caughtUpAt, at);
        }

        return glance.Type is "error" or "cursor_unknown" or "unsubscribed";
    }

    private async Task StallAsync(TimeSpan duration)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_calm.Token, _stopping.Token);
        try
        {
            await Task.Delay(duration, _time, either.Token);
        }
        catch (OperationCanceledException)
        {
            // It is to be calm, or to end.
        }
    }

    private (SubscriptionStart Start, long? Position) NextStart()
    {
        if (Last is not { } last)
        {
            return _manners.Lender?.Last is { } lent ? (SubscriptionStart.After(lent.Cursor), lent.Position) : (_manners.First, null);
        }

        return (_manners.Again switch
        {
            ComingBack.AtItsCursor => SubscriptionStart.After(last.Cursor),
            ComingBack.AtItsPosition => SubscriptionStart.At(last.Position),
            ComingBack.Earlier => SubscriptionStart.At(Math.Max(0, last.Position - _random.Next(Rewind))),
            _ => SubscriptionStart.Snapshot,
        }, null);
    }
}
