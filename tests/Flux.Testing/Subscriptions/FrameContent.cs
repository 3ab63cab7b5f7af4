using Flux.Testing.History;

namespace Flux.Testing.Subscriptions;

/// <summary>Compares what a frame says with what the row has.</summary>
internal static class FrameContent
{
    /// <summary>What differs between a frame and the change that it should be; null when nothing does.</summary>
    public static string? Difference(SubscriptionFrame frame, ExpectedChange expected)
    {
        if (frame.Change != expected.Kind)
        {
            return $"{expected} came as {frame.Type}";
        }

        if (DifferenceOfRow(frame, expected.Step) is { } row)
        {
            return row;
        }

        return (frame.Properties, expected.Properties) switch
        {
            (null, null) => null,
            ({ } members, { } state) when ClientSet.Same(members, state) => null,
            _ => $"{expected} came with other properties",
        };
    }

    /// <summary>What differs in the members that every change has.</summary>
    public static string? DifferenceOfRow(SubscriptionFrame frame, EntityStep step)
    {
        var row = step.Row;
        if (!string.Equals(frame.EntityId, row.Entity, StringComparison.Ordinal)
            || !string.Equals(frame.EventId, row.EventId, StringComparison.Ordinal)
            || frame.Version != row.Version)
        {
            return $"{step} came as {frame.EntityId} v{frame.Version}, event {frame.EventId}";
        }

        return Differs(frame.Timestamp, row) ? $"{step} came with the time {frame.Timestamp} µs; its commit has {row.RecordedAt} µs" : null;
    }

    /// <summary>Whether a time is not that of a row's commit, as far as the dump has it.</summary>
    public static bool Differs(long? time, RowRecord row) => row.RecordedAt is { } recorded && time != recorded;
}
