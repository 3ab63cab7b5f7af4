namespace Flux.Benchmarks;

/// <summary>A benchmark cannot give a figure that means anything; the text says why and what to change.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
