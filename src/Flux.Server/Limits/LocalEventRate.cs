using Flux.Core.Namespaces;

namespace Flux.Server.Limits;

/// <summary>The count of a server that is alone. It is exact.</summary>
internal sealed class LocalEventRate(TimeProvider time) : IEventRate
{
    private static readonly TimeSpan FullAfter = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly long _started = time.GetTimestamp();
    private TokenBucket? _bucket; // guarded by _gate, as all below
    private TimeSpan _lastUse;
    private long _counted;
    private bool _isRetired;

    /// <inheritdoc/>
    public long Counted
    {
        get
        {
            lock (_gate)
            {
                return _counted;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<RateVerdict> TakeAsync(int eventsPerMinute)
    {
        lock (_gate)
        {
            if (_isRetired)
            {
                return new(RateVerdict.Retired);
            }

            _lastUse = time.GetElapsedTime(_started);
            _bucket ??= new TokenBucket(eventsPerMinute, _lastUse);
            _bucket.Advance(eventsPerMinute, _lastUse);
            if (_bucket.Take(1) == 0)
            {
                return new(RateVerdict.Over);
            }

            _counted++;
            return new(RateVerdict.Within);
        }
    }

    /// <inheritdoc/>
    public bool TryRetire()
    {
        lock (_gate)
        {
            return _isRetired |= time.GetElapsedTime(_started) - _lastUse >= FullAfter;
        }
    }
}
