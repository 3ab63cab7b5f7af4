using System.Diagnostics.Metrics;

namespace Flux.Grains.Connections;

/// <summary>What can be measured of the feed that brings every silo's commits to this one's sockets.</summary>
public sealed class FeedInstruments
{
    private readonly Counter<long> _repairs;
    private Func<long> _lag = static () => 0;

    /// <summary>Initializes a new instance of the <see cref="FeedInstruments"/> class.</summary>
    /// <param name="meter">The meter of this process.</param>
    public FeedInstruments(Meter meter)
    {
        _repairs = meter.CreateCounter<long>("flux.stream.repairs", "{repair}", "Holes that did not close and were read from the log.");
        meter.CreateObservableGauge("flux.stream.lag", () => _lag(), "{event}", "How far the feed is behind the known head of the log.");
    }

    internal void Observe(Func<long> lag) => _lag = lag;

    internal void OnRepaired() => _repairs.Add(1);
}
