namespace Flux.Grains.Status;

/// <summary>How many measurements fell into each bucket of a histogram.</summary>
/// <param name="Bounds">The upper bounds of the buckets, inclusive, the least first; one bucket more has none.</param>
/// <param name="Counts">How many fell into each.</param>
/// <param name="Sum">All measurements added up.</param>
[GenerateSerializer, Immutable, Alias("flux.histogram-counts")]
public sealed record HistogramCounts([property: Id(0)] double[] Bounds, [property: Id(1)] long[] Counts, [property: Id(2)] double Sum);
