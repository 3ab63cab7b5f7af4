using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace Flux.Providers.ChangeStreams;

/// <summary>Gives every silo all of its own queues, one for each active silo, and follows the membership.</summary>
internal sealed class ChangeQueueBalancer(IServiceProvider services, ChangeQueues queues, ILogger<ChangeQueueBalancer> logger)
    : QueueBalancerBase(services, logger)
{
    /// <inheritdoc/>
    public override IEnumerable<QueueId> GetMyQueues() => queues.GetAllQueues();

    /// <inheritdoc/>
    protected override void OnClusterMembershipChange(HashSet<SiloAddress> activeSilos)
    {
        queues.Follow(activeSilos);

        // The listener logs its own failures, and stopping agents may take a while: the next change must not wait for it.
        NotifyListeners().Ignore();
    }
}
