using Flux.Grains.Status;

namespace Flux.Server.Status;

/// <summary>What one histogram has been told. Any thread.</summary>
/// <param name="name">The instrument's name.</param>
/// <param name="bounds">The upper bounds of its buckets, inclusive.</param>
internal sealed class MeasuredHistogram(string name, double[] bounds)
{
    private readonly Lock _gate = new();
    private readonly long[] _counts = new long[bounds.Length + 1]; // guarded by _gate, as the sum
    private double _sum;

    /// <summary>Gets the instrument's name.</summary>
    public string Name => name;

    /// <summary>Takes a measurement.</summary>
    /// <param name="value">The value.</param>
    public void Record(double value)
    {
        var found = Array.BinarySearch(bounds, value);
        lock (_gate)
        {
            _counts[found < 0 ? ~found : found]++;
            _sum += value;
        }
    }

    /// <summary>Reads how many fell into each bucket so far.</summary>
    public HistogramCounts Read()
    {
        lock (_gate)
        {
            return new HistogramCounts(bounds, [.. _counts], _sum);
        }
    }
}
