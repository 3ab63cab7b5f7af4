using System.Threading.Channels;
using Flux.Core.Log;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Flux.EventLog;

/// <summary>The silo's one writer: each commit takes all that is waiting, and the next one starts as soon as it is on disk.</summary>
/// <remarks>
/// There is no timer and no added delay: while one commit is flushed the next one's events gather, and work that is ready to run goes first, so
/// commits grow by themselves under load. One commit is in flight at a time, because two would reorder the events of an entity.
/// </remarks>
public sealed partial class LogWriter : ILogWriter
{
    // With one, a pause of the sockets' thread ends the gathering: commits of 28 events at 64 connections, against 32 with three.
    private const int QuietTurns = 3;

    private readonly IEventLog _log;
    private readonly ICommitListener[] _listeners;
    private readonly IIngestGate _gate;
    private readonly LogWriterOptions _options;
    private readonly LogInstruments _instruments;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<LogWriter> _logger;
    private readonly Channel<PendingAppend> _queue = Channel.CreateUnbounded<PendingAppend>(new UnboundedChannelOptions { SingleReader = true });
    private Task _loop = Task.CompletedTask;

    // What waits in _queue; changed by callers and by the loop.
    private long _waitingEvents;
    private long _waitingBytes;

    // While it is committing the loop does not read the queue, and whoever finds that it stalls may.
    private readonly Lock _stallGate = new();
    private bool _isCommitting;

    // The log has not answered to a commit for so long that nobody is let in behind it.
    private volatile bool _isStalled;

    /// <summary>Initializes a new instance of the <see cref="LogWriter"/> class.</summary>
    /// <param name="log">Where events go. Nobody else appends to it.</param>
    /// <param name="listeners">Who hears of each commit, in this order.</param>
    /// <param name="gate">Slows the writer while the read model cannot follow.</param>
    /// <param name="options">How much it gathers.</param>
    /// <param name="instruments">What it measures.</param>
    /// <param name="timeProvider">The clock that it measures with.</param>
    /// <param name="logger">The logger.</param>
    public LogWriter(
        IEventLog log,
        IEnumerable<ICommitListener> listeners,
        IIngestGate gate,
        IOptions<LogWriterOptions> options,
        LogInstruments instruments,
        TimeProvider timeProvider,
        ILogger<LogWriter> logger)
    {
        _log = log;
        _listeners = [.. listeners];
        _gate = gate;
        _options = options.Value;
        _instruments = instruments;
        _timeProvider = timeProvider;
        _logger = logger;
        instruments.ObserveWaiting(() => Volatile.Read(ref _waitingEvents));
    }

    /// <summary>Gets the loop: it ends when the writer is stopped, and fails when the writer is broken, which must stop the server.</summary>
    public Task Completion => _loop;

    /// <inheritdoc/>
    public Task<AppendResult> AppendAsync(EventToAppend item, AppendRun? run)
    {
        if (_isStalled)
        {
            run?.Break();
            throw Stalled();
        }

        var bytes = item.Data.Payload.Json.Length;
        var waitingEvents = Interlocked.Increment(ref _waitingEvents);
        var waitingBytes = Interlocked.Add(ref _waitingBytes, bytes);
        if (waitingEvents > _options.MaxWaitingEvents || waitingBytes > _options.MaxWaitingBytes)
        {
            Leave(1, bytes);
            run?.Break();
            throw new EventLogUnavailableException("too many events are waiting for the log");
        }

        var pending = new PendingAppend(item, run);
        if (!_queue.Writer.TryWrite(pending))
        {
            Leave(1, bytes);
            throw new EventLogUnavailableException("the server is stopping");
        }

        return pending.Task;
    }

    /// <summary>Starts the loop, once.</summary>
    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>Takes no more events, and ends when all that was waiting is on disk.</summary>
    /// <param name="cancellationToken">Stops waiting for that.</param>
    /// <returns>A task.</returns>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        await _loop.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // whoever watches Completion has it
    }

    private async Task RunAsync()
    {
        var group = new List<PendingAppend>();
        try
        {
            await RunAsync(group).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // A listener or the gate broke its promise: a defect. Nobody may wait for ever, and whoever watches Completion stops the server.
            LogLoopBroke(e);
            var failure = new AppendOutcomeUnknownException("the log writer has ended", e);
            _queue.Writer.TryComplete();
            TakeAll(group);
            Fail(group, failure);
            throw;
        }
    }

    private async Task RunAsync(List<PendingAppend> group)
    {
        var events = new List<EventToAppend>();
        using var stall = _timeProvider.CreateTimer(
            static writer => ((LogWriter)writer!).OnStalled(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            await _gate.WaitAsync().ConfigureAwait(false);
            await LetOthersQueueAsync().ConfigureAwait(false);
            Gather(group, events);
            if (group.Count > 0)
            {
                await CommitAsync(group, events, stall).ConfigureAwait(false);
            }

            group.Clear();
            events.Clear();
        }
    }

    // The timer is set before the call, because the embedded log works on this thread, and is one for all commits, so that none costs another.
    private async ValueTask<AppendResult[]> AppendAsync(List<EventToAppend> events, ITimer stall)
    {
        SetCommitting(true);
        stall.Change(_options.StallAfter, Timeout.InfiniteTimeSpan);
        try
        {
            return await _log.AppendAsync(events, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            stall.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            SetCommitting(false);
        }
    }

    private void SetCommitting(bool isCommitting)
    {
        lock (_stallGate)
        {
            (_isCommitting, _isStalled) = (isCommitting, false);
        }
    }

    // While a commit stalls, who waits behind it hears so: the outcome of the one in flight may take longer than they have time.
    private void OnStalled()
    {
        lock (_stallGate)
        {
            if (!_isCommitting)
            {
                return; // the answer has just come
            }

            _isStalled = true;
            var waiting = new List<PendingAppend>();
            TakeAll(waiting);
            LogStalled(_options.StallAfter, waiting.Count);
            Fail(waiting, Stalled());
        }
    }

    private void TakeAll(List<PendingAppend> waiting)
    {
        while (_queue.Reader.TryRead(out var pending))
        {
            Leave(1, pending.Item.Data.Payload.Json.Length);
            waiting.Add(pending);
        }
    }

    private static EventLogUnavailableException Stalled() => new("the event log does not answer");

    // Those whose answers were just given are the next to send, and their requests are ready to run: as long as a turn of the pool brings more, it
    // shares this commit. That halves the number of commits under load and takes no time when the pool has nothing to do (docs/performance.md).
    private async ValueTask LetOthersQueueAsync()
    {
        for (var quiet = 0; quiet < QuietTurns;)
        {
            var waiting = Volatile.Read(ref _waitingEvents);
            if (waiting >= _options.MaxCommitEvents)
            {
                return;
            }

            await Task.Yield();
            quiet = Volatile.Read(ref _waitingEvents) > waiting ? 0 : quiet + 1;
        }
    }

    private void Gather(List<PendingAppend> group, List<EventToAppend> events)
    {
        var (taken, bytes) = (0, 0L);
        while (taken < _options.MaxCommitEvents && bytes < _options.MaxCommitBytes && _queue.Reader.TryRead(out var pending))
        {
            taken++;
            bytes += pending.Item.Data.Payload.Json.Length;
            if (pending.Run is { IsBroken: true })
            {
                pending.SetResult(AppendResult.Behind.Instance);
                continue;
            }

            group.Add(pending);
            events.Add(pending.Item);
        }

        Leave(taken, bytes);
    }

    private async Task CommitAsync(List<PendingAppend> group, List<EventToAppend> events, ITimer stall)
    {
        AppendResult[] results;
        var started = _timeProvider.GetTimestamp();
        try
        {
            // 4. The commit: positions, one transaction, one flush
            Failpoint.Reach(Failpoint.BeforeCommit, events.Select(item => item.Data));
            results = await AppendAsync(events, stall).ConfigureAwait(false);
        }
        catch (Exception e) when (e is EventLogUnavailableException or AppendOutcomeUnknownException)
        {
            LogCommitFailed(e, group.Count);
            _instruments.OnFailed(e, group.Count);
            Fail(group, e);
            return;
        }
#pragma warning disable CA1031 // Whatever else a store throws: nobody knows what it wrote, and the loop must go on for the next commit.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogStoreBroke(e, group.Count);
            _instruments.OnFailed(e, group.Count);
            Fail(group, new AppendOutcomeUnknownException("the log failed in an unexpected way", e));
            return;
        }

        Failpoint.Reach(Failpoint.AfterCommit, results.OfType<AppendResult.Appended>().Select(appended => appended.Event.Data));
        _instruments.OnCommitted(_timeProvider.GetElapsedTime(started), results);
        var recorded = new List<RecordedEvent>(results.Length);
        for (var i = 0; i < results.Length; i++)
        {
            if (results[i] is AppendResult.Appended appended)
            {
                recorded.Add(appended.Event);
            }
            else
            {
                group[i].Run?.Break();
            }
        }

        if (recorded.Count > 0)
        {
            // 5. Committed: into the change streams and to the projection, in commit order
            var batch = new CommittedBatch([.. recorded]);
            foreach (var listener in _listeners)
            {
                listener.OnCommitted(batch);
            }
        }

        // 6. Acknowledge
        for (var i = 0; i < results.Length; i++)
        {
            group[i].SetResult(results[i]);
        }

        Failpoint.ReachSoon(Failpoint.AfterAcknowledgement, results.OfType<AppendResult.Appended>().Select(appended => appended.Event.Data));
    }

    // Every run is broken before anyone hears of the failure: what a caller queues next belongs to a new run.
    private static void Fail(List<PendingAppend> group, Exception e)
    {
        foreach (var pending in group)
        {
            pending.Run?.Break();
        }

        foreach (var pending in group)
        {
            pending.TrySetException(e);
        }
    }

    private void Leave(int events, long bytes)
    {
        Interlocked.Add(ref _waitingEvents, -events);
        Interlocked.Add(ref _waitingBytes, -bytes);
    }

    /// <summary>An append on its way. It is its own promise, to save an allocation for each event.</summary>
    private sealed class PendingAppend(EventToAppend item, AppendRun? run)
        : TaskCompletionSource<AppendResult>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public EventToAppend Item { get; } = item;

        public AppendRun? Run { get; } = run;
    }
}
