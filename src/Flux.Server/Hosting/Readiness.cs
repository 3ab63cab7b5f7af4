namespace Flux.Server.Hosting;

/// <summary>Whether this process wants traffic: from the end of its start until it is told to stop.</summary>
internal sealed class Readiness(IHostApplicationLifetime lifetime)
{
    public bool IsReady => lifetime.ApplicationStarted.IsCancellationRequested && !lifetime.ApplicationStopping.IsCancellationRequested;
}
