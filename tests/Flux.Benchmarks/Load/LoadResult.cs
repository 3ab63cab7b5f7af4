namespace Flux.Benchmarks.Load;

/// <summary>What a load generator did and saw.</summary>
/// <param name="Events">Events acknowledged.</param>
/// <param name="Failures">Requests that were refused or broke off.</param>
/// <param name="Elapsed">From the first request to the last answer.</param>
/// <param name="Latency">From request to answer.</param>
/// <param name="ClientCpu">What the generator itself used.</param>
internal sealed record LoadResult(long Events, long Failures, TimeSpan Elapsed, LatencySummary Latency, TimeSpan ClientCpu);
