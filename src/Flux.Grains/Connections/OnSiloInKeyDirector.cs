using Orleans.Runtime.Placement;

namespace Flux.Grains.Connections;

/// <summary>Finds the silo in the key. When that silo is not there the call fails: its sockets are gone too, so another silo could do nothing.</summary>
internal sealed class OnSiloInKeyDirector : IPlacementDirector
{
    /// <inheritdoc/>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silo = SiloAddress.FromParsableString(target.GrainIdentity.Key.ToString()!);
        return context.GetCompatibleSilos(target).Contains(silo)
            ? Task.FromResult(silo)
            : Task.FromException<SiloAddress>(new SiloUnavailableException($"{target.GrainIdentity} belongs to a silo that is not active"));
    }
}
