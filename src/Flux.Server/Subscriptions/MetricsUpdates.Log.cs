namespace Flux.Server.Subscriptions;

internal sealed partial class MetricsUpdates
{
    [LoggerMessage(LogLevel.Warning, "A metrics frame was left out")]
    private partial void LogFailed(Exception e);

    [LoggerMessage(LogLevel.Debug, "The hidden entities were not counted; the last count serves")]
    private partial void LogNotCounted(Exception e);
}
