namespace Flux.Benchmarks.HandMade;

/// <summary>The answer to an event that is on disk.</summary>
internal sealed record HandMadeAnswer(Guid EventId, string Stream, long Position, long Version);
