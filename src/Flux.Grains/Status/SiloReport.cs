namespace Flux.Grains.Status;

/// <summary>How a silo is.</summary>
/// <param name="Figures">What is measured there.</param>
/// <param name="Grains">How many grains are active there, by their type.</param>
[GenerateSerializer, Immutable, Alias("flux.silo-report")]
public sealed record SiloReport([property: Id(0)] SiloFigures Figures, [property: Id(1)] Dictionary<string, int> Grains);
