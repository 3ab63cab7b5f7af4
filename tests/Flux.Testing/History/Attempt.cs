namespace Flux.Testing.History;

/// <summary>One try of a client to get one event recorded.</summary>
internal sealed record Attempt(EventRecord Event, long Sent, long Answered, Outcome Outcome, string? Code, HistoryLine Line)
{
    /// <summary>Whether it was refused because its id belongs to another event.</summary>
    public bool IsConflict => string.Equals(Code, Outcomes.Conflict, StringComparison.Ordinal);

    /// <summary>Whether a row holds what this attempt sent. A timestamp that was left out matches any.</summary>
    public bool Explains(RowRecord row) =>
        string.Equals(Event.Stream, row.Stream, StringComparison.Ordinal)
        && string.Equals(Event.Source, row.Source, StringComparison.Ordinal)
        && string.Equals(Event.Key, row.Key, StringComparison.Ordinal)
        && string.Equals(Event.Schema, row.Schema, StringComparison.Ordinal)
        && (Event.Timestamp is null || Event.Timestamp == row.Timestamp)
        && Event.Payload is { } payload && payload.AsSpan().SequenceEqual(row.Payload);
}
