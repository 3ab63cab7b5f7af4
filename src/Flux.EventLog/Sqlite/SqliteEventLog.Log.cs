using Microsoft.Extensions.Logging;

namespace Flux.EventLog.Sqlite;

/// <content>What the log tells an operator.</content>
public sealed partial class SqliteEventLog
{
    [LoggerMessage(LogLevel.Warning, "An append failed before its commit; nothing was written")]
    private partial void LogAppendFailed(Exception exception);

    [LoggerMessage(LogLevel.Error, "The event log's file failed; it is closed and opened again")]
    private partial void LogNotTrusted(Exception exception);

    [LoggerMessage(LogLevel.Error, "The event log cannot be opened again: no event is taken until it can")]
    private partial void LogStaysClosed(Exception exception);

    [LoggerMessage(LogLevel.Warning, "The commit that failed is on disk: {Happened}")]
    private partial void LogSettled(bool happened);

    [LoggerMessage(LogLevel.Warning, "The event log is open again")]
    private partial void LogOpenAgain();
}
