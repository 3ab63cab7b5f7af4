namespace Flux.Server.Subscriptions;

internal sealed partial class MetricsUpdates
{
    [LoggerMessage(LogLevel.Warning, "A metrics frame was left out")]
    private partial void LogFailed(Exception e);
}
