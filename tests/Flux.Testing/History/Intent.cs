namespace Flux.Testing.History;

/// <summary>All that clients tried under one event id of one namespace, and the row that came of it.</summary>
internal sealed class Intent
{
    /// <summary>All attempts, in the order of their answers.</summary>
    public List<Attempt> Attempts { get; } = new(capacity: 1);

    /// <summary>Whether this is a deletion through the API, whose event the server makes.</summary>
    public bool IsDeletion => Attempts[0].Event.Entity is not null;

    public Row? Row { get; set; }

    public long FirstSent => Attempts.Min(a => a.Sent);

    public long FirstAcked => Attempts.Where(a => a.Outcome == Outcome.Acked).Select(a => a.Answered).DefaultIfEmpty(long.MaxValue).Min();

    public bool IsAcked => Attempts.Exists(a => a.Outcome == Outcome.Acked);

    public bool WasUnknown => Attempts.Exists(a => a.Outcome == Outcome.Unknown);

    /// <summary>Whether an unknown outcome was followed by an answer that says what became of the event.</summary>
    public bool IsSettled => Attempts.Exists(a => a.Outcome == Outcome.Acked || a.IsConflict);

    /// <summary>Whether a repetition says what became of it: only one under an id that the client chose.</summary>
    public bool CanBeSettled => Attempts.Exists(a => !string.IsNullOrEmpty(a.Event.EventId));

    public HistoryLine[] Lines => [.. Attempts.Select(a => a.Line).Distinct()];
}
