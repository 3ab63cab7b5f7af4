using Flux.Core.Log;
using Flux.Core.Subscriptions;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace Flux.Grains.Connections;

/// <summary>Brings the commits of all silos into the log's order for the sockets of this one, and reads from the log whatever does not arrive.</summary>
/// <remarks>
/// Reentrant: while a page of the log is being read (<see cref="RepairAsync"/>), deliveries must go on, or the agents of every silo would wait for
/// it. What may change across that await is the merger; it is asked again afterwards, and takes what it has already seen for what it is.
/// Nothing here must outlive the activation: position and sockets live in the silo's <see cref="IChangeDispatcher"/>.
/// </remarks>
[OnSiloInKey, Immovable, Reentrant, KeepAlive]
[ImplicitStreamSubscription(ChangeStream.Namespace)]
internal sealed partial class ConnectionGrain(
    IEventLog log,
    IChangeDispatcher dispatcher,
    IEnumerable<IFeedListener> listeners,
    HeadWatch headWatch,
    FeedInstruments instruments,
    ILogger<ConnectionGrain> logger)
    : Grain, IConnectionGrain, IStreamSubscriptionObserver, IAsyncBatchObserver<CommittedBatch>
{
    // About 15 MB of events of ordinary size; a second of the highest rate.
    private const int MaxHeld = 50_000;

    private const int PageSize = 1000;

    // How often the log is asked for its head: a change that no silo could tell of is late by this much. Source: design, section 5.
    private static readonly TimeSpan HeadPeriod = TimeSpan.FromMilliseconds(500);

    // How long a hole may stay open. Commits of two silos usually cross within 3 ms (orleans-notes, section 1).
    private static readonly TimeSpan ShortestPatience = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPatience = TimeSpan.FromMilliseconds(500);

    private readonly ILogger<ConnectionGrain> _logger = logger;
    private readonly ChangeMerger _merger = new(dispatcher, [.. listeners], MaxHeld);
    private readonly TaskCompletionSource _attached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private IGrainTimer? _repair;
    private TimeSpan _patience = ShortestPatience;
    private Position? _waitingAt;  // where the merge stood when the repair timer was set; null while it is not set
    private bool _isReading;       // one read of the log at a time
    private bool _isLogLost;       // said once for each outage

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        instruments.Observe(() => Math.Max(0, _merger.Known.Value - _merger.Position.Value));
        var interleaved = new GrainTimerCreationOptions(HeadPeriod, HeadPeriod) { Interleave = true };
        this.RegisterGrainTimer(CheckHeadAsync, interleaved);
        _repair = this.RegisterGrainTimer(
            RepairAsync, new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { Interleave = true });
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task WarmUpAsync() => _attached.Task;

    /// <inheritdoc/>
    public Task<bool> IsInTouchAsync() => Task.FromResult(headWatch.IsInTouch);

    /// <inheritdoc/>
    public async Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory)
    {
        await handleFactory.Create<CommittedBatch>().ResumeAsync(this);
        _attached.TrySetResult();
    }

    /// <inheritdoc/>
    public Task OnNextAsync(IList<SequentialItem<CommittedBatch>> items)
    {
        var repeated = _merger.Take(items.Select(item => item.Item));
        if (repeated > 0 && _patience < LongestPatience)
        {
            // The log was read for what was on its way: wait longer the next time.
            _patience *= 2;
        }

        AwaitWhatIsMissing();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task OnErrorAsync(Exception ex)
    {
        LogDeliveryFailed(ex);
        AwaitWhatIsMissing();
        return Task.CompletedTask;
    }

    private async Task CheckHeadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var head = await log.ReadHeadAsync(cancellationToken);
            _merger.See(head.Position);
            headWatch.OnConfirmed(head.Position);
            AwaitWhatIsMissing();
            OnLogAnswered();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            OnLogLost(e);
        }
    }

    private void AwaitWhatIsMissing()
    {
        if (_waitingAt is null && !_isReading && _merger.IsBehind)
        {
            _waitingAt = _merger.Position;
            _repair!.Change(_patience, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task RepairAsync(CancellationToken cancellationToken)
    {
        var stuckAt = _waitingAt;
        _waitingAt = null;
        if (_isReading || !_merger.IsBehind || _merger.Position != stuckAt)
        {
            // What was missing has come; something else may be missing now.
            AwaitWhatIsMissing();
            return;
        }

        _isReading = true;
        try
        {
            var before = _merger.Position;
            while (_merger.IsBehind)
            {
                var page = await log.ReadAsync(LogScope.All, _merger.Position.Next, ReadDirection.Forward, PageSize, cancellationToken);
                _merger.Take(page.Events);
                if (page.IsLast || page.Events.Count == 0)
                {
                    break;
                }
            }

            LogRepaired(before.Next, _merger.Position);
            instruments.OnRepaired();
            _patience = TimeSpan.FromTicks(Math.Max(ShortestPatience.Ticks, _patience.Ticks * 3 / 4));
            OnLogAnswered();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The next look at the head tries again.
            OnLogLost(e);
        }
        finally
        {
            _isReading = false;
        }
    }

    private void OnLogAnswered()
    {
        if (_isLogLost)
        {
            _isLogLost = false;
            LogLogIsBack();
        }
    }

    private void OnLogLost(Exception e)
    {
        if (!_isLogLost)
        {
            _isLogLost = true;
            LogLogIsLost(e);
        }
    }
}
