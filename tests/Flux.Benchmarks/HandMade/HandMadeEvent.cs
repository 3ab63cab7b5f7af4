namespace Flux.Benchmarks.HandMade;

/// <summary>An event as it is posted.</summary>
internal sealed record HandMadeEvent(string Stream, string Source, long Timestamp, HandMadePayload Payload);
