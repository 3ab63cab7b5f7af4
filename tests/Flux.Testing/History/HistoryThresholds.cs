namespace Flux.Testing.History;

/// <summary>What a history must at least contain to mean anything. The defaults are the fault model's.</summary>
public sealed record HistoryThresholds
{
    /// <summary>Gets the least number of acknowledged events.</summary>
    public int Acked { get; init; } = 10_000;

    /// <summary>Gets the least number of events whose outcome was unknown first and settled later.</summary>
    public int SettledUnknowns { get; init; } = 1;

    /// <summary>Gets how many events may stay without a settled outcome. None by default: whoever asks once and never again says so.</summary>
    public int UnsettledUnknowns { get; init; }

    /// <summary>Gets the least number of answers that said <c>duplicate: true</c>.</summary>
    public int DuplicateAcks { get; init; } = 1;

    /// <summary>Gets the least number of refusals with <c>event_id_conflict</c>.</summary>
    public int Conflicts { get; init; } = 1;

    /// <summary>Gets the least number of faults that were proved to have happened.</summary>
    public int Faults { get; init; } = 1;

    /// <summary>Gets the least number of frames received by sockets whose subscription was in force.</summary>
    public int Frames { get; init; }

    /// <summary>Gets how often at least somebody received what is a namespace's alone, and may see it.</summary>
    public int Secrets { get; init; }

    /// <summary>Gets the least number of changes that a subscription asked for again.</summary>
    public int Replayed { get; init; }
}
