using Flux.Core.Namespaces;
using Flux.Grains.Namespaces;

namespace Flux.Server.Limits;

/// <summary>The count of one silo of a cluster: it spends what it has leased from the namespace's bucket, and leases the next slice ahead.</summary>
/// <remarks>
/// While a lease lasts no event waits for a call. When it has run out and the bucket's silo does not answer, events are refused with 503: to let some
/// through would break the limit on every silo at once, and such an outage ends with the declaration that the silo is dead, as for its entities.
/// </remarks>
internal sealed partial class LeasedEventRate(IRateLimitGrain owner, string silo, TimeProvider time, RateInstruments instruments, ILogger<LeasedEventRate> logger)
    : IEventRate
{
    // So long an empty bucket, or one that does not answer, is not asked again: a namespace at its limit costs ten calls a second for each silo.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FullAfter = TimeSpan.FromMinutes(1) + SharedTokenBucket.LeaseDuration;

    private readonly ILogger<LeasedEventRate> _logger = logger;
    private readonly Lock _gate = new();
    private readonly long _started = time.GetTimestamp();
    private int _limit = -1;             // of the lease; guarded by _gate, as all below
    private int _term;                   // new with every limit: an answer to an earlier question is void
    private int _held;                   // may be spent until _ends
    private int _returned;               // was not spent in time
    private TimeSpan _ends;
    private int _mostLeft;               // in the bucket, as of _asked
    private TimeSpan _asked;
    private TimeSpan _pausesUntil;
    private RateVerdict _pauseVerdict;
    private TimeSpan _lastUse;
    private Task _renewal = Task.CompletedTask;
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

    private TimeSpan Now => time.GetElapsedTime(_started);

    /// <inheritdoc/>
    public ValueTask<RateVerdict> TakeAsync(int eventsPerMinute) =>
        Take(eventsPerMinute, out var renewal) is { } verdict ? new(verdict) : TakeAfterAsync(renewal, eventsPerMinute);

    /// <inheritdoc/>
    public bool TryRetire()
    {
        lock (_gate)
        {
            return _isRetired |= _renewal.IsCompleted && Now - _lastUse >= FullAfter;
        }
    }

    private async ValueTask<RateVerdict> TakeAfterAsync(Task renewal, int eventsPerMinute)
    {
        while (true)
        {
            await renewal; // fails never: what it finds out is in the fields
            if (Take(eventsPerMinute, out renewal) is { } verdict)
            {
                return verdict;
            }
        }
    }

    /// <summary>Counts one event without waiting.</summary>
    /// <returns>The verdict; null when it takes the end of <paramref name="renewal"/> to know.</returns>
    private RateVerdict? Take(int limit, out Task renewal)
    {
        lock (_gate)
        {
            renewal = Task.CompletedTask;
            if (_isRetired)
            {
                return RateVerdict.Retired;
            }

            var now = _lastUse = Now;
            if (limit != _limit)
            {
                BeginTerm(limit);
            }

            if (limit == 0)
            {
                return RateVerdict.Over;
            }

            if (now >= _ends)
            {
                (_returned, _held) = (_returned + _held, 0);
            }

            if (_held > 0)
            {
                _held--;
                _counted++;
                var isRunningOut = _held < SharedTokenBucket.SliceOf(limit) / 2 || _ends - now < SharedTokenBucket.LeaseDuration / 2;
                if (isRunningOut && now >= _pausesUntil)
                {
                    Renew(now);
                }

                return RateVerdict.Within;
            }

            if (now < _pausesUntil)
            {
                return _pauseVerdict;
            }

            Renew(now);
            renewal = _renewal;
            return null;
        }
    }

    private void BeginTerm(int limit)
    {
        _limit = limit;
        _term++;
        (_held, _returned, _mostLeft) = (0, _returned + _held, int.MaxValue);
        _pausesUntil = TimeSpan.Zero;
        _renewal = Task.CompletedTask;
    }

    private void Renew(TimeSpan now)
    {
        if (!_renewal.IsCompleted)
        {
            return;
        }

        var flowedIn = Math.Ceiling((now - _asked).TotalMinutes * _limit);
        var mostLeft = (int)Math.Min(int.MaxValue, flowedIn + _mostLeft + _returned);
        var request = new RateLeaseRequest(silo, _limit, _held, _returned, mostLeft);
        _returned = 0; // given away, whatever becomes of the question
        _renewal = RenewAsync(request, _term, now);
    }

    private async Task RenewAsync(RateLeaseRequest request, int term, TimeSpan asked)
    {
        RateLease? lease = null;
        try
        {
            lease = await owner.LeaseAsync(request);
        }
        catch (Exception e)
        {
            LogNotLeased(e);
        }

        instruments.OnLeased(lease is not null);
        lock (_gate)
        {
            if (term != _term)
            {
                return;
            }

            if (lease is not null)
            {
                _held += lease.Granted;
                _ends = asked + SharedTokenBucket.LeaseDuration;
                (_mostLeft, _asked) = (lease.MostLeft, asked);
            }

            var now = Now;
            var isEmpty = lease is { Granted: 0 } && request.Held < SharedTokenBucket.SliceOf(_limit);
            if (lease is null || isEmpty || now >= _ends)
            {
                _pausesUntil = now + Pause;
                _pauseVerdict = isEmpty ? RateVerdict.Over : RateVerdict.Unknown; // an answer after its end is none
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The silo that counts a namespace's events does not answer; what is leased is spent, then events are refused")]
    private partial void LogNotLeased(Exception exception);
}
