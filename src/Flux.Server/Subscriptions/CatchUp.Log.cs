using Flux.Core.Log;

namespace Flux.Server.Subscriptions;

internal sealed partial class CatchUp
{
    [LoggerMessage(LogLevel.Debug, "A socket is too slow for the live feed and reads the log after position {After}")]
    private partial void LogLagging(Position after);

    [LoggerMessage(LogLevel.Debug, "A socket has caught up at position {Position}")]
    private partial void LogJoined(Position position);

    [LoggerMessage(LogLevel.Debug, "A socket ended before it had caught up")]
    private partial void LogGone();

    [LoggerMessage(LogLevel.Warning, "The log cannot be read: a slow socket waits")]
    private partial void LogLogIsLost(Exception e);

    [LoggerMessage(LogLevel.Error, "A slow socket could not be served from the log and is closed")]
    private partial void LogFailed(Exception e);
}
