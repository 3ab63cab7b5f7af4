namespace Flux.Core.Events;

/// <summary>What became of one item of a batch when it was read.</summary>
/// <param name="Event">The event, unless it was refused.</param>
/// <param name="Refusal">Why it was refused.</param>
/// <param name="Stream">The stream as it was sent, as far as it could be read.</param>
public sealed record EventReadResult(EventData? Event, EventRefusedException? Refusal, string? Stream);
