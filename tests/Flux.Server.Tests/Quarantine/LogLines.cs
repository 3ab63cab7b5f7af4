using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Flux.Server.Tests.Quarantine;

/// <summary>Counts what is logged.</summary>
internal sealed class LogLines<T> : ILogger<T>
{
    private readonly ConcurrentQueue<LogLevel> _lines = new();

    public int Count(LogLevel level) => _lines.Count(line => line == level);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue(logLevel);
}
