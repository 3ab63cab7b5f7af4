namespace Flux.Testing.Subscriptions;

/// <summary>How much was looked at.</summary>
internal sealed record SubscriptionTotals
{
    /// <summary>Gets the number of connections.</summary>
    public int Connections { get; set; }

    /// <summary>Gets how many of them went on at a cursor or a position above 0.</summary>
    public int Resumes { get; set; }

    /// <summary>Gets the number of snapshots that were complete.</summary>
    public int Snapshots { get; set; }

    /// <summary>Gets the number of rows of snapshots.</summary>
    public long Rows { get; set; }

    /// <summary>Gets the number of changes that came before a snapshot was complete.</summary>
    public long BetweenRows { get; set; }

    /// <summary>Gets the number of changes that were compared with the log.</summary>
    public long Changes { get; set; }

    /// <summary>Gets the number of receipts for merged changes.</summary>
    public int Receipts { get; set; }

    /// <summary>Gets the number of changes that they stand for.</summary>
    public long Merged { get; set; }

    /// <summary>Gets the number of <c>progress</c> frames.</summary>
    public long Progress { get; set; }

    /// <summary>Gets the number of <c>caught_up</c> frames.</summary>
    public int CaughtUp { get; set; }

    /// <summary>Gets how often the server closed the connection because it was read too slowly.</summary>
    public int TooSlow { get; set; }

    /// <summary>Gets how often it did so and its close code was given up, because the client had not read for 5 seconds.</summary>
    public int TooSlowUnread { get; set; }

    /// <summary>Gets a value indicating whether it was seen to have everything up to the end.</summary>
    public bool IsWhole { get; set; }

    public static SubscriptionTotals Sum(IReadOnlyCollection<SubscriptionTotals> totals) => new()
    {
        Connections = totals.Sum(t => t.Connections),
        Resumes = totals.Sum(t => t.Resumes),
        Snapshots = totals.Sum(t => t.Snapshots),
        Rows = totals.Sum(t => t.Rows),
        BetweenRows = totals.Sum(t => t.BetweenRows),
        Changes = totals.Sum(t => t.Changes),
        Receipts = totals.Sum(t => t.Receipts),
        Merged = totals.Sum(t => t.Merged),
        Progress = totals.Sum(t => t.Progress),
        CaughtUp = totals.Sum(t => t.CaughtUp),
        TooSlow = totals.Sum(t => t.TooSlow),
        TooSlowUnread = totals.Sum(t => t.TooSlowUnread),
        IsWhole = totals.All(t => t.IsWhole),
    };

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Connections} connections ({Resumes} resumed, {TooSlow} closed for slowness, {TooSlowUnread} more without a code that they would not read), {Snapshots} snapshots of {Rows} rows with {BetweenRows} changes between them, {Changes} changes, "
        + $"{Receipts} receipts for {Merged} merged changes, {Progress} progress and {CaughtUp} caught_up frames";
}
