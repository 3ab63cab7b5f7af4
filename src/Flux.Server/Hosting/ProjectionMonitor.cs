using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.EventLog.PostgreSql;
using Flux.EventLog.Projection;

namespace Flux.Server.Hosting;

/// <summary>Watches the cluster's projection from this silo: keeps it alive, and knows how far behind it is.</summary>
internal sealed partial class ProjectionMonitor(
    PostgreSqlReadModel readModel,
    IEventLog log,
    IProjection projection,
    ProjectionInstruments instruments,
    TimeProvider time,
    ILogger<ProjectionMonitor> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    private readonly ILogger<ProjectionMonitor> _logger = logger;

    // Heads that the projection has not reached yet, and when they were seen; only the monitor's loop touches it.
    private readonly Queue<(long Seen, Position Head)> _ahead = new();
    private long _behindSince;

    /// <summary>Gets how long the oldest event that is not projected has been in the log, as far as this silo knows.</summary>
    public TimeSpan Lag => Volatile.Read(ref _behindSince) is var since && since == 0 ? TimeSpan.Zero : time.GetElapsedTime(since);

    /// <summary>Hurries the projection, and waits until it has moved on.</summary>
    /// <param name="timeout">How long to wait at most.</param>
    public async ValueTask WaitForProgressAsync(TimeSpan timeout) =>
        await projection.WaitForAsync(readModel.Position.Next, timeout, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        instruments.Observe(() => Lag, () => readModel.Position.Value);
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            do
            {
                await LookAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        // A sign of life: it activates the projection again when its silo was lost.
        await projection.WaitForAsync(Position.Start, Period, cancellationToken);
        try
        {
            var head = await log.ReadHeadAsync(cancellationToken);
            _ahead.Enqueue((time.GetTimestamp(), head.Position));
            await readModel.RefreshAsync(cancellationToken);
            while (_ahead.TryPeek(out var oldest) && oldest.Head <= readModel.Position)
            {
                _ahead.Dequeue();
            }

            Volatile.Write(ref _behindSince, _ahead.TryPeek(out var waiting) ? waiting.Seen : 0);
        }
        catch (EventLogUnavailableException e)
        {
            LogUnavailable(e); // the writer and the connection grain say so loudly
        }
    }

    [LoggerMessage(LogLevel.Debug, "The projection could not be looked at")]
    private partial void LogUnavailable(Exception exception);
}
