namespace Flux.Testing.History;

/// <summary>A line of a history, to be shown as evidence.</summary>
/// <param name="File">One of <see cref="HistoryFiles"/>.</param>
/// <param name="Number">The line's number, from 1.</param>
public readonly record struct HistoryLine(string File, int Number)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}:{Number}";
}
