namespace Flux.Server.Subscriptions.V2;

/// <content>Log messages.</content>
internal sealed partial class PredicateFeed
{
    [LoggerMessage(LogLevel.Warning, "Predicates wait: the log cannot be read")]
    private partial void LogLogIsLost(Exception exception);
}
