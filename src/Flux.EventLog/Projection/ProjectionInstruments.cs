using System.Diagnostics.Metrics;

namespace Flux.EventLog.Projection;

/// <summary>What can be measured of the projection.</summary>
public sealed class ProjectionInstruments
{
    private readonly Histogram<double> _flush;
    private Func<TimeSpan> _lag = static () => TimeSpan.Zero;
    private Func<long> _position = static () => 0;

    /// <summary>Initializes a new instance of the <see cref="ProjectionInstruments"/> class.</summary>
    /// <param name="meter">The meter of this process.</param>
    public ProjectionInstruments(Meter meter)
    {
        _flush = meter.CreateHistogram<double>("flux.projection.flush.duration", "s", "How long writing the read model took.");
        meter.CreateObservableGauge(
            "flux.projection.lag", () => _lag().TotalSeconds, "s", "How long the oldest event that is not projected has been in the log.");
        meter.CreateObservableGauge("flux.projection.position", () => _position(), "{event}", "The position up to which the log is projected.");
    }

    /// <summary>Says where to look for how far the projection is.</summary>
    /// <param name="lag">How long the oldest event that is not projected has been in the log.</param>
    /// <param name="position">The position up to which the log is projected.</param>
    public void Observe(Func<TimeSpan> lag, Func<long> position) => (_lag, _position) = (lag, position);

    internal void OnFlushed(TimeSpan elapsed) => _flush.Record(elapsed.TotalSeconds);
}
