namespace Flux.Core.Namespaces;

/// <summary>A token bucket that several silos draw from. Each leases a slice ahead and spends it alone; all together never spend more than one bucket gives.</summary>
/// <remarks>
/// What is leased and not known to be spent counts against the capacity until the lease ends, and the bucket fills only what is left of it. So in any
/// time at most the capacity and what flows in during that time can be spent, as from one bucket. One thread at a time; it has no clock.
/// </remarks>
public sealed class SharedTokenBucket
{
    /// <summary>How long what was leased can be spent. The silo counts from its question, the bucket from its answer: the silo's always ends first.</summary>
    public static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(2);

    // Source: design, section 7.
    private const int SlicesOfCapacity = 20;

    private readonly Dictionary<string, Lease> _leases = new(StringComparer.Ordinal);
    private readonly TokenBucket _bucket;
    private int _capacity;

    /// <summary>Initializes a new instance of the <see cref="SharedTokenBucket"/> class, full.</summary>
    /// <param name="capacity">The most tokens, and how many flow in within a minute.</param>
    /// <param name="now">The time.</param>
    public SharedTokenBucket(int capacity, TimeSpan now) => (_bucket, _capacity) = (new TokenBucket(capacity, now), capacity);

    /// <summary>Gives the most that one silo may hold.</summary>
    /// <param name="capacity">The capacity.</param>
    /// <returns>A twentieth of it, at least 1.</returns>
    public static int SliceOf(int capacity) => Math.Max(1, capacity / SlicesOfCapacity);

    /// <summary>Leases what a silo lacks to a slice, as far as there is so much.</summary>
    /// <param name="request">What the silo says.</param>
    /// <param name="now">The time.</param>
    /// <returns>What it is given.</returns>
    public RateLease Draw(RateLeaseRequest request, TimeSpan now)
    {
        EndLeases(now);
        _capacity = request.EventsPerMinute;
        _bucket.Advance(_capacity, now);
        KeepRoomForLeases();
        _leases.Remove(request.Silo); // it says itself what it still has
        var others = SumOfLeases();
        _bucket.Return(request.Returned);
        _bucket.LowerTo(request.MostLeft);
        _bucket.LowerTo((int)Math.Max(0, _capacity - others - request.Held));
        var granted = _bucket.Take(SliceOf(_capacity) - request.Held);
        _leases[request.Silo] = new Lease(request.Held + granted, now + LeaseDuration);

        // Rounded up, and with all that others may bring back: a bound, not a count.
        return new RateLease(granted, (int)Math.Min(int.MaxValue, _bucket.Tokens + 1 + others));
    }

    private void EndLeases(TimeSpan now)
    {
        // Until a lease ends its tokens may be spent, and the bucket must not be filled in their place.
        foreach (var (silo, lease) in _leases.Where(lease => lease.Value.Ends <= now).OrderBy(lease => lease.Value.Ends).ToList())
        {
            _bucket.Advance(_capacity, lease.Ends);
            KeepRoomForLeases();
            _leases.Remove(silo);
        }
    }

    private void KeepRoomForLeases() => _bucket.LowerTo((int)Math.Max(0, _capacity - SumOfLeases()));

    private long SumOfLeases() => _leases.Values.Sum(static lease => (long)lease.Tokens);

    private sealed record Lease(int Tokens, TimeSpan Ends);
}
