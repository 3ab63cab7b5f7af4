namespace Flux.Benchmarks.Load;

/// <summary>What an open loop did and saw.</summary>
/// <param name="Load">What was sent and acknowledged.</param>
/// <param name="Lateness">How much later than planned requests were sent: the generator's own error.</param>
internal sealed record OpenLoopResult(LoadResult Load, LatencySummary Lateness);
