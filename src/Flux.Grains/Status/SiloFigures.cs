namespace Flux.Grains.Status;

/// <summary>What is measured on a silo.</summary>
/// <param name="Values">Counters as totals, and gauges, by their names. Where an instrument tells kinds apart, the kind follows the name after a dot.</param>
/// <param name="Histograms">Histograms, by their names.</param>
[GenerateSerializer, Immutable, Alias("flux.silo-figures")]
public sealed record SiloFigures(
    [property: Id(0)] Dictionary<string, double> Values, [property: Id(1)] Dictionary<string, HistogramCounts> Histograms);
