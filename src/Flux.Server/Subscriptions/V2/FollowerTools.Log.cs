namespace Flux.Server.Subscriptions.V2;

/// <content>Log messages.</content>
internal sealed partial class FollowerTools
{
    [LoggerMessage(LogLevel.Debug, "A subscription waits: the log cannot be read")]
    private partial void LogLogIsLost(Exception exception);
}
