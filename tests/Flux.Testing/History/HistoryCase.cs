namespace Flux.Testing.History;

/// <summary>One violation.</summary>
/// <param name="Count">What it counts as.</param>
/// <param name="Text">What was found, with both sides of it.</param>
/// <param name="Lines">The lines that bear on it.</param>
public sealed record HistoryCase(HistoryCount Count, string Text, IReadOnlyList<HistoryLine> Lines);
