using Flux.Core.Log;
using Flux.Grains;
using Flux.Grains.DueTimes;

namespace Flux.Server.DueTimes;

/// <summary>Has the grain look for what is due, a few times a second. Every silo does, so the loss of one changes nothing.</summary>
internal sealed partial class ExpiryService(IGrainFactory grains, TimeProvider time, ILogger<ExpiryService> logger) : BackgroundService
{
    // With the time that the projection takes well within the second in which what is due is pushed.
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    // After a failure that nobody has foreseen: what is due waits, and the log does not fill up.
    private static readonly TimeSpan FailurePause = TimeSpan.FromSeconds(5);

    private readonly ILogger<ExpiryService> _logger = logger;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await SweepAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task SweepAsync(CancellationToken stoppingToken)
    {
        try
        {
            await grains.GetGrain<IExpiryGrain>(0).SweepAsync();
        }
        catch (Exception e) when (e is EventLogUnavailableException || GrainCall.HasNoAnswer(e))
        {
            LogUnavailable(e); // the writer and the connection grain say so loudly
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailed(e);
            await Task.Delay(FailurePause, time, stoppingToken);
        }
    }

    [LoggerMessage(LogLevel.Debug, "Nobody could look for what is due now")]
    private partial void LogUnavailable(Exception exception);

    [LoggerMessage(LogLevel.Error, "What is due could not be looked for")]
    private partial void LogFailed(Exception exception);
}
