using HdrHistogram;

namespace Flux.Benchmarks.Measuring;

/// <summary>Collects latencies of one writer at a time, exact to a thousandth.</summary>
internal sealed class LatencyRecorder
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    // In ticks of 100 ns.
    private readonly LongHistogram _ticks = new(Longest.Ticks, numberOfSignificantValueDigits: 3);

    public long Count => _ticks.TotalCount;

    public void Record(TimeSpan latency) => _ticks.RecordValue(Math.Clamp(latency.Ticks, 1, Longest.Ticks));

    public void Add(LatencyRecorder other) => _ticks.Add(other._ticks);

    public LatencySummary Summarize() =>
        Count == 0
            ? default
            : new LatencySummary(Percentile(50), Percentile(95), Percentile(99), Milliseconds(_ticks.GetMaxValue()));

    private double Percentile(double percentile) => Milliseconds(_ticks.GetValueAtPercentile(percentile));

    private static double Milliseconds(long ticks) => TimeSpan.FromTicks(ticks).TotalMilliseconds;
}
