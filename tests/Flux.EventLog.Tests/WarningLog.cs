using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Flux.EventLog.Tests;

/// <summary>Hands out what is logged as a warning, so that a test can wait for it.</summary>
internal sealed class WarningLog : ILoggerFactory, ILogger
{
    private readonly Channel<string> _warnings = Channel.CreateUnbounded<string>();

    public ValueTask<string> NextAsync(CancellationToken cancellationToken) => _warnings.Reader.ReadAsync(cancellationToken);

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            _warnings.Writer.TryWrite(formatter(state, exception));
        }
    }

    public void Dispose()
    {
    }
}
