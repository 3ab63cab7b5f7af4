using Flux.Server.Namespaces;

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
                    connection.Close(ToCloseReason(reason));
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private static CloseReason ToCloseReason(TokenEnd end) => end switch
    {
        TokenEnd.NamespaceDeleted => new CloseReason(CloseCode.NamespaceClosed, "the namespace was deleted"),
        TokenEnd.NamespaceBanned => new CloseReason(CloseCode.NamespaceClosed, "the namespace is banned"),
        TokenEnd.Revoked => new CloseReason(CloseCode.TokenEnded, "the token was revoked"),
        TokenEnd.Replaced => new CloseReason(CloseCode.TokenEnded, "the token was replaced"),
        TokenEnd.Expired => new CloseReason(CloseCode.TokenEnded, "the token has expired"),
        _ => new CloseReason(CloseCode.TokenEnded, "the token is not known any more"),
    };
}
