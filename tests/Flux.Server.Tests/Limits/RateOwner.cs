using Flux.Core.Namespaces;
using Flux.Grains.Namespaces;

namespace Flux.Server.Tests.Limits;

/// <summary>The owner of a namespace's bucket, without a silo around it. It can be away.</summary>
internal sealed class RateOwner(TimeProvider time) : IRateLimitGrain
{
    private readonly Lock _gate = new();
    private readonly long _started = time.GetTimestamp();
    private SharedTokenBucket? _bucket;

    public int Calls { get; private set; }

    public Exception? Failure { get; set; }

    /// <summary>Gets or sets what an answer waits for.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Forgets the bucket, as when its silo is lost.</summary>
    public void Lose() => _bucket = null;

    public async Task<RateLease> LeaseAsync(RateLeaseRequest request)
    {
        RateLease lease;
        lock (_gate)
        {
            Calls++;
            if (Failure is { } failure)
            {
                throw failure;
            }

            var now = time.GetElapsedTime(_started);
            _bucket ??= new SharedTokenBucket(request.EventsPerMinute, now);
            lease = _bucket.Draw(request, now);
        }

        await Gate;
        return lease;
    }
}
