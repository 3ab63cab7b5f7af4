using Flux.Core.Log;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Flux.Grains.Cluster;

/// <summary>Fences the writers of silos that membership has declared dead: one of them may only be frozen, and go on in a minute.</summary>
/// <remarks>Every survivor does it; fencing twice is fencing once.</remarks>
public sealed partial class DeadWriters(IClusterMembershipService membership, IWriterFence fence, TimeProvider time, ILogger<DeadWriters> logger)
    : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly ILogger<DeadWriters> _logger = logger;
    private readonly HashSet<SiloAddress> _fenced = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stoppingToken))
            {
                var dead = snapshot.Members.Values
                    .Where(member => member.Status == SiloStatus.Dead && !_fenced.Contains(member.SiloAddress))
                    .Select(member => member.SiloAddress)
                    .ToList();
                if (dead.Count > 0)
                {
                    await FenceAsync(dead, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task FenceAsync(List<SiloAddress> dead, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await fence.FenceAsync([.. dead.Select(silo => silo.ToParsableString())], cancellationToken);
                _fenced.UnionWith(dead);
                LogFenced(dead.Count, dead[^1]);
                return;
            }
            catch (EventLogUnavailableException e)
            {
                LogNotYet(e);
                await Task.Delay(RetryAfter, time, cancellationToken);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "{Count} silos are declared dead and can store nothing any more, the last of them {Silo}")]
    private partial void LogFenced(int count, SiloAddress silo);

    [LoggerMessage(LogLevel.Warning, "The writers of dead silos could not be fenced yet; trying again in a second")]
    private partial void LogNotYet(Exception exception);
}
