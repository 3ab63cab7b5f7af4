namespace Flux.Dashboard.Entity;

/// <summary>The past of a property as it is drawn: as a line when it has numbers, else as what it was when.</summary>
/// <param name="Name">The property.</param>
/// <param name="Points">The stretches of the line, the oldest first; empty when it has no numbers.</param>
/// <param name="Spans">The times and their values, the oldest first; empty when it has numbers.</param>
internal sealed record Drawing(string Name, IReadOnlyList<ChartPoint> Points, IReadOnlyList<StateSpan> Spans);
