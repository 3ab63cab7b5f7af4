using Microsoft.Extensions.Logging;

namespace Flux.EventLog;

public sealed partial class LogWriter
{
    [LoggerMessage(LogLevel.Warning, "A commit of {Count} events failed; their senders are told")]
    private partial void LogCommitFailed(Exception exception, int count);

    [LoggerMessage(LogLevel.Warning, "A commit has taken longer than {StallAfter}; {Count} events behind it are refused, and all others until it ends")]
    private partial void LogStalled(TimeSpan stallAfter, int count);

    [LoggerMessage(LogLevel.Error, "The log failed in an unexpected way at a commit of {Count} events; their senders are told that the outcome is unknown")]
    private partial void LogStoreBroke(Exception exception, int count);

    [LoggerMessage(LogLevel.Critical, "The log writer has ended because of a defect; the server must stop")]
    private partial void LogLoopBroke(Exception exception);
}
