namespace Flux.Core.Log;

/// <summary>A stretch of the log.</summary>
/// <param name="Events">The events in scope, in reading order; perhaps none.</param>
/// <param name="Next">Where to go on: everything in scope before it, in reading order, has been seen.</param>
/// <param name="IsLast">True when the end of the log (or its start, backward) was reached.</param>
public sealed record LogPage(IReadOnlyList<RecordedEvent> Events, Position Next, bool IsLast);
