namespace Flux.Server.Subscriptions;

/// <summary>Closes the sockets whose token works no longer: it was revoked or replaced, has expired, or its namespace was deleted or banned.</summary>
/// <remarks>What they may not see they are not sent in the meantime: the dispatcher asks for each event.</remarks>
internal sealed class TokenSweep(ChangeDispatcher dispatcher, TimeProvider time) : BackgroundService
{
    // A client hears of it within 5 s (bad-input A09, M07); the close frame may need some of that time.
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var (connection, reason) in dispatcher.RemoveEnded())
                {
                    connection.Close(new CloseReason(CloseCode.TokenEnded, reason));
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }
}
