using Flux.Grains.Connections;

namespace Flux.Server.Subscriptions.V2;

/// <summary>Judges predicates, and tells subscriptions that asked for it once a second how far they are.</summary>
internal sealed class ProgressFrames(SubscriptionService subscriptions, HeadWatch headWatch, TimeProvider time) : BackgroundService
{
    /// <summary>How often: at least once a second, with the time that a frame may take.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(800);

    /// <summary>How old the knowledge of the log's head may be with which a client is told that it has everything. Source: design, section 5.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var first = await Task.WhenAny(subscriptions.RunAsync(stoppingToken), TickAsync(stoppingToken));
        await first; // it ends when the server does, or fails
    }

    private async Task TickAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                subscriptions.SendProgress(position => headWatch.IsCurrent(position, MaxAge));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }
}
