using Flux.Core.Namespaces;

namespace Flux.Grains.Namespaces;

/// <summary>Keeps the bucket in memory only. When its silo is lost, the silos that lease tell the next activation what can be left.</summary>
internal sealed class RateLimitGrain(TimeProvider time) : Grain, IRateLimitGrain
{
    // After so long without a lease the bucket is full, as a new one is: nothing is lost with it.
    private static readonly TimeSpan FullAfter = TimeSpan.FromMinutes(1) + SharedTokenBucket.LeaseDuration;

    private readonly long _started = time.GetTimestamp();
    private SharedTokenBucket? _bucket;

    public Task<RateLease> LeaseAsync(RateLeaseRequest request)
    {
        DelayDeactivation(FullAfter);
        var now = time.GetElapsedTime(_started);
        _bucket ??= new SharedTokenBucket(request.EventsPerMinute, now);
        return Task.FromResult(_bucket.Draw(request, now));
    }
}
