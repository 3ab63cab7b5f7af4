using Flux.Core.Log;

namespace Flux.EventLog.Tests;

/// <summary>A store whose projection is at work, whichever it is.</summary>
internal sealed class OpenedStore(IEventLog log, params IAsyncDisposable[] parts) : IAsyncDisposable
{
    public IEventLog Log => log;

    public async ValueTask DisposeAsync()
    {
        foreach (var part in parts)
        {
            await part.DisposeAsync();
        }
    }
}
