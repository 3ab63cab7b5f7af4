using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>Keeps what is logged as an error, so that a test can look at it.</summary>
internal sealed class FailureLog : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _failures = new();

    public IReadOnlyCollection<string> Failures => _failures;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            _failures.Enqueue($"{formatter(state, exception)}: {exception}");
        }
    }

    public void Dispose()
    {
    }
}
