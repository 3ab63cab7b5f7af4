namespace Flux.Benchmarks.Suite;

/// <summary>A rate at which changes are published, and what is wanted of it.</summary>
/// <param name="PerSecond">Changes a second.</param>
internal sealed record PushRate(int PerSecond)
{
    /// <summary>Gets what it is called in the table.</summary>
    public string Name { get; init; } = string.Create(CultureInfo.InvariantCulture, $"{PerSecond}/s");

    /// <summary>Gets what is wanted of the median, in words; null when nothing is.</summary>
    public string? P50Goal { get; init; }

    /// <summary>Gets what is wanted of the 99th percentile, in words; null when nothing is.</summary>
    public string? P99Goal { get; init; }
}
