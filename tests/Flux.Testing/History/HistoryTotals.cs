namespace Flux.Testing.History;

/// <summary>How much a history holds.</summary>
public sealed record HistoryTotals
{
    /// <summary>Gets the number of rows in the log.</summary>
    public long Rows { get; init; }

    /// <summary>Gets the number of acknowledged events, repetitions included.</summary>
    public long Acked { get; init; }

    /// <summary>Gets the number of refused events.</summary>
    public long Refused { get; init; }

    /// <summary>Gets the number of attempts whose outcome was unknown.</summary>
    public long Unknown { get; init; }

    /// <summary>Gets the number of events whose outcome was unknown first and settled later.</summary>
    public long SettledUnknowns { get; init; }

    /// <summary>Gets the number of events with an id of the client, whose outcome never was settled. Others cannot be.</summary>
    public long UnsettledUnknowns { get; init; }

    /// <summary>Gets the number of answers that said <c>duplicate: true</c>.</summary>
    public long DuplicateAcks { get; init; }

    /// <summary>Gets the number of refusals with <c>event_id_conflict</c>.</summary>
    public long Conflicts { get; init; }

    /// <summary>Gets the number of reads that were judged.</summary>
    public long Reads { get; init; }

    /// <summary>Gets the number of reads that could not be judged, for want of a version in the answer.</summary>
    public long ReadsNotJudged { get; init; }

    /// <summary>Gets the number of reads of older state by a node that was frozen or cut off and did not know it yet.</summary>
    public long StaleReads { get; init; }

    /// <summary>Gets the number of sockets.</summary>
    public long Sockets { get; init; }

    /// <summary>Gets the number of frames that were compared with the log while a subscription was in force.</summary>
    public long Frames { get; init; }

    /// <summary>Gets the number of served entities that were compared with the fold.</summary>
    public long States { get; init; }

    /// <summary>Gets the number of faults that were proved to have happened.</summary>
    public long Faults { get; init; }

    /// <summary>Gets how often somebody received what is a namespace's alone, and may see it.</summary>
    public long Secrets { get; init; }

    /// <summary>Gets the number of changes that were compared with what came again later.</summary>
    public long Replayed { get; init; }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Rows} rows; {Acked} acked ({DuplicateAcks} duplicates), {Refused} refused ({Conflicts} conflicts), {Unknown} unknown "
        + $"({SettledUnknowns} events settled, {UnsettledUnknowns} not); {Reads} reads ({ReadsNotJudged} not judged, {StaleReads} stale of a node frozen or cut off); "
        + $"{Sockets} sockets, {Frames} frames; {States} served states; {Faults} proved faults; {Secrets} secrets shown; {Replayed} changes came again";
}
