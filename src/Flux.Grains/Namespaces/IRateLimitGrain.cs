using Flux.Core.Namespaces;

namespace Flux.Grains.Namespaces;

/// <summary>The bucket of one namespace's events, from which the silos lease. Its key is the namespace's name.</summary>
/// <remarks>Apart from <see cref="INamespaceGrain"/>: a change of the record waits for the log, and what limits the rate must not wait with it.</remarks>
[Alias("flux.rate-limit")]
public interface IRateLimitGrain : IGrainWithStringKey
{
    /// <summary>Leases a part of the rate.</summary>
    /// <param name="request">What the silo says.</param>
    /// <returns>What it may spend.</returns>
    [Alias("lease")]
    Task<RateLease> LeaseAsync(RateLeaseRequest request);
}
