namespace Flux.Benchmarks.Suite;

/// <summary>Two targets whose rates are divided, round by round.</summary>
/// <param name="Subject">The name of the one that is judged.</param>
/// <param name="Yardstick">The name of the one that it is judged by.</param>
/// <param name="Goal">The ratio that is wanted, in words; null when none is set.</param>
internal sealed record IngestComparison(string Subject, string Yardstick, string? Goal = null);
