using Flux.Core.Log;
using Flux.EventLog.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace Flux.EventLog.Projection;

/// <summary>The loop that keeps the read model close behind the log: at its own pace while nobody waits, at once when somebody does.</summary>
/// <remarks>It reads the log, whose newest events are in memory, so it needs no queue of its own and cannot lose its place.</remarks>
public sealed partial class Projector : IAsyncDisposable
{
    private const int PageEvents = 1000;

    // A flush of so many takes 0.2 to 0.5 s, and their objects about 50 MB.
    private const int MaxPending = 50_000;

    // Between looks at the log while changes are gathered: folding goes on beside the appends and not all at the end.
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly EntityProjection _projection;
    private readonly ReadModelDatabase _database;
    private readonly SqliteEventLog _log;
    private readonly TimeSpan _linger;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<Projector> _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ProjectionWaiters _waiters = new();
    private Task _loop = Task.CompletedTask;
    private bool _isDisposed;

    internal Projector(
        EntityProjection projection,
        ReadModelDatabase database,
        SqliteEventLog log,
        TimeSpan linger,
        TimeProvider timeProvider,
        ILogger<Projector> logger) =>
        (_projection, _database, _log, _linger, _timeProvider, _logger) = (projection, database, log, linger, timeProvider, logger);

    /// <summary>Gets how many events the read model is behind the log.</summary>
    public long LagEvents => Math.Max(0, _log.Head.Position.Value - _database.Position);

    /// <summary>Gets how long the oldest event that is not in the read model has been in the log.</summary>
    public TimeSpan Lag => _log.Tail.Age;

    /// <summary>Gets the loop: it ends when the projector is disposed, and fails when an invariant of the log is broken, which must stop the server.</summary>
    public Task Completion => _loop;

    /// <summary>Starts the loop, once.</summary>
    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>Waits until everything up to a position is in the read model.</summary>
    /// <param name="position">The position.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>False when the time ran out.</returns>
    public async ValueTask<bool> WaitForAsync(Position position, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (_database.Position >= position.Value)
        {
            return true;
        }

        var reached = _waiters.Add(position.Value);
        if (_database.Position >= position.Value)
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
        await WaitForAsync(new Position(_database.Position + 1), timeout, _stopping.Token).ConfigureAwait(false);

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
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await _log.WaitForMoreAsync(_projection.Position, _stopping.Token).ConfigureAwait(false);
                await GatherAsync().ConfigureAwait(false);
                Flush();
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                break;
            }
            catch (SqliteException e) when (e.SqliteErrorCode != raw.SQLITE_CONSTRAINT)
            {
                // A full disk, for one. The log is the truth: forget, and read it again from what is on disk.
                LogFailed(e);
                await RecoverAsync().ConfigureAwait(false);
            }
            catch (Exception e)
            {
                LogBroken(e, _projection.Position.Value);
                _waiters.Fail(e);
                throw;
            }
        }

        FlushAtEnd();
    }

    private async Task GatherAsync()
    {
        var started = _timeProvider.GetTimestamp();
        while (true)
        {
            var page = await _log.ReadAsync(LogScope.All, _projection.Position.Next, ReadDirection.Forward, PageEvents, _stopping.Token)
                .ConfigureAwait(false);
            _projection.Apply(page.Events);
            if (_projection.PendingCount >= MaxPending)
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

    private void Flush()
    {
        var started = _timeProvider.GetTimestamp();
        var count = _projection.PendingCount;
        _projection.Flush();
        _log.Tail.RemoveThrough(_database.Position);
        _waiters.Release(_database.Position);
        LogFlushed(count, _timeProvider.GetElapsedTime(started));
    }

    private void FlushAtEnd()
    {
        try
        {
            Flush(); // less to project at the next start
        }
        catch (SqliteException e)
        {
            LogFailed(e);
        }
    }

    private async Task RecoverAsync()
    {
        try
        {
            await Task.Delay(RetryAfter, _timeProvider, _stopping.Token).ConfigureAwait(false);
            _projection.Reset();
        }
        catch (SqliteException e)
        {
            LogFailed(e);
        }
        catch (OperationCanceledException)
        {
            // the loop ends
        }
    }

    [LoggerMessage(LogLevel.Warning, "The read model cannot be written to; trying again in a second")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(LogLevel.Critical, "The log after position {Position} breaks what the log promises; the server must stop")]
    private partial void LogBroken(Exception exception, long position);

    [LoggerMessage(LogLevel.Debug, "Projected {Count} events in {Elapsed}")]
    private partial void LogFlushed(int count, TimeSpan elapsed);
}
