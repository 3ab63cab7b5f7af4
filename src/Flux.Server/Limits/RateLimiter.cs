using System.Collections.Concurrent;
using Flux.Core.Namespaces;
using Flux.Server.Admin;

namespace Flux.Server.Limits;

/// <summary>Holds each namespace to its events a minute. Source: wire-contract section 11.</summary>
/// <remarks>Each namespace has a count of its own, which nobody else waits for. One that is not used leaves memory, so there are never more than namespaces.</remarks>
internal sealed class RateLimiter : IDisposable
{
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, IEventRate> _rates = new(StringComparer.Ordinal);
    private readonly RuntimeConfiguration _configuration;
    private readonly Func<string, IEventRate> _create;
    private readonly ITimer _sweep;

    /// <summary>Initializes a new instance of the <see cref="RateLimiter"/> class.</summary>
    /// <param name="configuration">The limit of namespaces that have none of their own.</param>
    /// <param name="create">Makes the count of a namespace.</param>
    /// <param name="instruments">What is measured.</param>
    /// <param name="time">The clock.</param>
    public RateLimiter(RuntimeConfiguration configuration, Func<string, IEventRate> create, RateInstruments instruments, TimeProvider time)
    {
        (_configuration, _create) = (configuration, create);
        _sweep = time.CreateTimer(static limiter => ((RateLimiter)limiter!).Sweep(), this, SweepPeriod, SweepPeriod);
        instruments.Observe(() => _rates.Count);
    }

    /// <summary>Gets how many namespaces are counted.</summary>
    public int Count => _rates.Count;

    /// <summary>Gives the events a minute of a namespace.</summary>
    /// <param name="ns">The namespace.</param>
    public int LimitOf(NamespaceRecord ns) => ns.Limits.EventsPerMinute ?? _configuration.Current.EventsPerMinute;

    /// <summary>Gives how many events of a namespace were let through here, since it was without any for a minute. Without a rate none are counted.</summary>
    /// <param name="ns">The namespace.</param>
    public long EventsOf(string ns) => _rates.TryGetValue(ns, out var rate) ? rate.Counted : 0;

    /// <summary>Gives the events a minute of a namespace; null while they are not counted.</summary>
    /// <param name="ns">The namespace.</param>
    public int? LimitInForce(NamespaceRecord ns) => _configuration.Current.IsRateLimited ? LimitOf(ns) : null;

    /// <summary>Counts an event.</summary>
    /// <param name="ns">Its namespace, which is registered.</param>
    public ValueTask<RateVerdict> TakeAsync(NamespaceRecord ns)
    {
        if (!_configuration.Current.IsRateLimited)
        {
            return new(RateVerdict.Within);
        }

        var limit = LimitOf(ns);
        var taken = _rates.GetOrAdd(ns.Name, _create).TakeAsync(limit);
        return taken is { IsCompletedSuccessfully: true, Result: not RateVerdict.Retired } ? taken : TakeAnewAsync(taken, ns.Name, limit);
    }

    /// <inheritdoc/>
    public void Dispose() => _sweep.Dispose();

    private async ValueTask<RateVerdict> TakeAnewAsync(ValueTask<RateVerdict> taken, string ns, int limit)
    {
        while (true)
        {
            var verdict = await taken;
            if (verdict != RateVerdict.Retired)
            {
                return verdict;
            }

            taken = _rates.GetOrAdd(ns, _create).TakeAsync(limit); // the sweep removes what it has retired
        }
    }

    private void Sweep()
    {
        foreach (var (ns, rate) in _rates)
        {
            if (rate.TryRetire())
            {
                _rates.TryRemove(ns, out _);
            }
        }
    }
}
