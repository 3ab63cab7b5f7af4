namespace Flux.EventLog.Past;

/// <summary>Where one way to read the past gives place to another.</summary>
internal sealed record PastLimits
{
    /// <summary>Gets the number of entities up to which each is read by itself: about as dear as the events between two checkpoints.</summary>
    public long FewEntities { get; init; } = 1000;

    /// <summary>Gets the most events that are read for one answer: one to two seconds. Only a log that was written by a version without checkpoints needs more.</summary>
    public long MaxEvents { get; init; } = 2_000_000;

    /// <summary>Gets how much of what these events changed may be in memory.</summary>
    public long MaxBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>Gets the most rows in memory at a time.</summary>
    public int PageRows { get; init; } = 1000;
}
