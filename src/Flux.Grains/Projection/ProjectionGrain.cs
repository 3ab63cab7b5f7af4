using Flux.Core.Entities;
using Flux.Core.Log;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Flux.Grains.Projection;

/// <summary>Runs the projection. When a silo is lost the next call starts it on another; should two run for a moment, the store lets one write.</summary>
/// <remarks>Reentrant: many lists wait at once. Nothing changes across those awaits.</remarks>
[Reentrant, KeepAlive]
internal sealed partial class ProjectionGrain(IProjectionSource source, ILogger<ProjectionGrain> logger) : Grain, IProjectionGrain
{
    private readonly ILogger<ProjectionGrain> _logger = logger;
    private IProjectionLoop? _loop;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _loop = await source.CreateProjectionAsync(cancellationToken);
        _loop.Start();
        LogStarted();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_loop is not null)
        {
            await _loop.DisposeAsync();
        }
    }

    public async Task<bool> WaitForAsync(Position position, TimeSpan timeout)
    {
        if (_loop!.Completion.IsFaulted)
        {
            // An invariant of the log does not hold. A new activation begins from what is written, and fails again if it still does not.
            DeactivateOnIdle();
            await _loop.Completion;
        }

        return await _loop.WaitForAsync(position, timeout, CancellationToken.None);
    }

    [LoggerMessage(LogLevel.Information, "The projection of the log runs on this silo")]
    private partial void LogStarted();
}
