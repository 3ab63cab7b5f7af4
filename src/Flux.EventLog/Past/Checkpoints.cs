namespace Flux.EventLog.Past;

/// <summary>What both stores agree on about checkpoints: copies of all existing entities at one position, from which the past is read.</summary>
internal static class Checkpoints
{
    /// <summary>How many events are between two at least: reading as many takes a quarter of a second.</summary>
    public const long MinEvents = 131_072;

    /// <summary>The largest properties that are copied, in bytes. A larger entity is read from its own history, so that a copy never costs much more than the events since the last one.</summary>
    public const int MaxProperties = 4096;

    /// <summary>Says whether one is due: at least two events for each row that it will have.</summary>
    /// <param name="last">The position of the last one.</param>
    /// <param name="position">Where it would be.</param>
    /// <param name="entityCount">How many entities exist there.</param>
    /// <param name="minEvents">How many events are between two at least.</param>
    public static bool IsDue(long last, long position, long entityCount, long minEvents) =>
        position - last >= Math.Max(minEvents, 2 * entityCount);
}
