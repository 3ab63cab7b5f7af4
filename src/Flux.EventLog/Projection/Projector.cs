using Flux.Core.Entities;
using Flux.Core.Log;
using Microsoft.Extensions.Logging;

namespace Flux.EventLog.Projection;

/// <summary>The loop that keeps the read model close behind the log: at its own pace while nobody waits, at once when somebody does.</summary>
/// <remarks>It reads the log, whose newest events are in memory, so it needs no queue of its own and cannot lose its place.</remarks>
public sealed partial class Projector : IProjectionLoop
{
    private const int PageEvents = 1000;

    // Between looks at the log while changes are gathered: folding goes on beside the appends and not all at the end.
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    // While there is nothing to project. Lists of what is not there any more answer 503 until then.
    private static readonly TimeSpan ConfirmEvery = TimeSpan.FromSeconds(1);

    private readonly EntityProjection _projection;
    private readonly IProjectionStore _store;
    private readonly IEventLog _log;
    private readonly Action<long>? _onWritten;
    private readonly ProjectionInstruments _instruments;
    private readonly TimeSpan _linger;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<Projector> _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ProjectionWaiters _waiters = new();
    private Task _loop = Task.CompletedTask;
    private bool _isDisposed;

    /// <summary>Initializes a new instance of the <see cref="Projector"/> class.</summary>
    /// <param name="projection">What folds.</param>
    /// <param name="store">Where what is folded is kept.</param>
    /// <param name="log">The log.</param>
    /// <param name="onWritten">Hears the position up to which everything is written, after each flush; null for nobody.</param>
    /// <param name="instruments">What it measures.</param>
    /// <param name="linger">How long changes are gathered while nobody waits.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">The logger.</param>
    internal Projector(
        EntityProjection projection,
        IProjectionStore store,
        IEventLog log,
        Action<long>? onWritten,
        ProjectionInstruments instruments,
        TimeSpan linger,
        TimeProvider timeProvider,
        ILogger<Projector> logger) =>
        (_projection, _store, _log, _onWritten, _instruments, _linger, _timeProvider, _logger) =
            (projection, store, log, onWritten, instruments, linger, timeProvider, logger);

    /// <inheritdoc/>
    public Task Completion => _loop;

    /// <inheritdoc/>
    public void Start() => _loop = Task.Run(RunAsync);

    /// <inheritdoc/>
    public async ValueTask<bool> WaitForAsync(Position position, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (_store.Position >= position.Value)
        {
            return true;
        }

        var reached = _waiters.Add(position.Value);
        if (_store.Position >= position.Value)
        {
            return true; // written before it heard of us; the waiter goes with the next flush
        }

        try
        {
            await reached.WaitAsync(timeout, _timeProvider, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Hurries the projection, and waits until it has moved on.</summary>
    /// <param name="timeout">How long to wait at most.</param>
    /// <returns>A task.</returns>
    public async ValueTask WaitForProgressAsync(TimeSpan timeout) =>
        await WaitForAsync(new Position(_store.Position + 1), timeout, _stopping.Token).ConfigureAwait(false);

    internal void ReleaseMemory() => _projection.ReleaseMemory();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // whoever watches Completion has it
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        var mustReset = false; // after a failure nothing is folded or written before it is known again what is on disk
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (mustReset)
                {
                    await ResetAsync().ConfigureAwait(false);
                    mustReset = false;
                }

                await WaitForMoreAsync().ConfigureAwait(false);
                await GatherAsync().ConfigureAwait(false);
                await FlushAsync(_stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                break;
            }
            catch (EventLogUnavailableException e)
            {
                // A full disk, for one.
                LogFailed(e);
                mustReset = true;
            }
            catch (Exception e)
            {
                LogBroken(e, _projection.Position.Value);
                _waiters.Fail(e);
                throw;
            }
        }

        if (!mustReset)
        {
            await FlushAtEndAsync().ConfigureAwait(false);
        }
    }

    private async Task WaitForMoreAsync()
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        var more = _log.WaitForMoreAsync(_projection.Position, waiting.Token).AsTask();
        try
        {
            while (true)
            {
                try
                {
                    await more.WaitAsync(ConfirmEvery, _timeProvider, _stopping.Token).ConfigureAwait(false);
                    return;
                }
                catch (TimeoutException) when (!more.IsCompleted)
                {
                    await _store.ConfirmAsync(_stopping.Token).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            await waiting.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task GatherAsync()
    {
        var started = _timeProvider.GetTimestamp();
        while (true)
        {
            var page = await _log.ReadAsync(LogScope.All, _projection.Position.Next, ReadDirection.Forward, PageEvents, _stopping.Token)
                .ConfigureAwait(false);
            await _store.FoldAsync(_projection, page.Events, _stopping.Token).ConfigureAwait(false);
            if (_projection.Pending.IsFull)
            {
                return;
            }

            if (page.IsLast)
            {
                var left = _linger - _timeProvider.GetElapsedTime(started);
                if (left <= TimeSpan.Zero || _waiters.AreThere)
                {
                    return;
                }

                await _waiters.WaitForFirstAsync(left < Slice ? left : Slice, _timeProvider, _stopping.Token).ConfigureAwait(false);
            }
        }
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        var count = _projection.Pending.EventCount;
        if (count == 0)
        {
            return;
        }

        var started = _timeProvider.GetTimestamp();
        await _store.WriteAsync(_projection.Pending, cancellationToken).ConfigureAwait(false);
        _projection.OnWritten();
        _onWritten?.Invoke(_store.Position);
        _waiters.Release(_store.Position);
        var elapsed = _timeProvider.GetElapsedTime(started);
        _instruments.OnFlushed(elapsed);
        LogFlushed(count, elapsed);
    }

    private async Task FlushAtEndAsync()
    {
        try
        {
            await FlushAsync(CancellationToken.None).ConfigureAwait(false); // less to project at the next start
        }
        catch (EventLogUnavailableException e)
        {
            LogFailed(e);
        }
    }

    // The log is the truth: forget, and read it again from what is on disk.
    private async Task ResetAsync()
    {
        await Task.Delay(RetryAfter, _timeProvider, _stopping.Token).ConfigureAwait(false);
        var (position, entityCount) = await _store.ResetAsync(_stopping.Token).ConfigureAwait(false);
        _projection.Reset(position, entityCount);
    }

    [LoggerMessage(LogLevel.Warning, "The read model cannot be written to; trying again in a second")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(LogLevel.Critical, "The log after position {Position} breaks what the log promises; the server must stop")]
    private partial void LogBroken(Exception exception, long position);

    [LoggerMessage(LogLevel.Debug, "Projected {Count} events in {Elapsed}")]
    private partial void LogFlushed(int count, TimeSpan elapsed);
}
