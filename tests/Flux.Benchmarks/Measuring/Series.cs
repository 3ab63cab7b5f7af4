namespace Flux.Benchmarks.Measuring;

/// <summary>One figure of one subject, measured once per round.</summary>
internal sealed class Series(string benchmark, string subject, string metric, string unit, string? goal)
{
    private readonly List<double> _values = [];

    public string Benchmark => benchmark;

    public string Subject => subject;

    public string Metric => metric;

    public string Unit => unit;

    /// <summary>Gets what is wanted of it, in words; null when nothing is.</summary>
    public string? Goal => goal;

    public IReadOnlyList<double> Values => _values;

    public double Min => _values.Min();

    public double Max => _values.Max();

    public double Median
    {
        get
        {
            var sorted = _values.Order().ToArray();
            var middle = sorted.Length / 2;
            return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }
    }

    public void Add(double value) => _values.Add(value);
}
