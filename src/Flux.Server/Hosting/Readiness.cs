using Flux.Grains.Connections;

namespace Flux.Server.Hosting;

/// <summary>Whether this process wants traffic: from the end of its start until it is told to stop, and while the log answers.</summary>
internal sealed class Readiness(IHostApplicationLifetime lifetime, HeadWatch headWatch)
{
    /// <summary>Gets why it wants none; null when it does.</summary>
    public string? WhyNot =>
        !lifetime.ApplicationStarted.IsCancellationRequested ? "starting"
        : lifetime.ApplicationStopping.IsCancellationRequested ? "stopping"
        : headWatch.IsInTouch ? null : "the event log does not answer";
}
