namespace Flux.Server.Subscriptions.V2;

/// <content>Log messages.</content>
internal sealed partial class SubscriptionService
{
    [LoggerMessage(LogLevel.Debug, "A subscription ended while it read the log")]
    private partial void LogGone();

    [LoggerMessage(LogLevel.Error, "A subscription could not be led along the log; its socket is cut")]
    private partial void LogFailed(Exception exception);
}
