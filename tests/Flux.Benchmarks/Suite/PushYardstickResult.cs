namespace Flux.Benchmarks.Suite;

/// <summary>What a yardstick of pushes gave.</summary>
/// <param name="Latency">From the moment at which a message was due to leave until it was there.</param>
/// <param name="Lost">The messages that did not come.</param>
/// <param name="Lateness">How far the generator missed its schedule.</param>
internal sealed record PushYardstickResult(LatencySummary Latency, long Lost, LatencySummary Lateness);
