using Flux.EventLog;

namespace Flux.Grains.Tests;

/// <summary>Holds nothing back, unless it is closed.</summary>
internal sealed class OpenGate : IIngestGate
{
    public Task Closed { get; set; } = Task.CompletedTask;

    public async ValueTask WaitAsync() => await Closed.ConfigureAwait(false);
}
