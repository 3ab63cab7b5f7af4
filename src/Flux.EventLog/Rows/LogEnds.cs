using Flux.Core.Log;

namespace Flux.EventLog.Rows;

/// <summary>The log's epoch, and its head as the last commit gives it.</summary>
internal sealed record LogEnds(Guid Epoch, LogHead Head)
{
    /// <summary>Checks that what bounds a log fits together.</summary>
    /// <param name="epoch">The epoch.</param>
    /// <param name="firstEvent">The lowest position of an event; 1 for an empty log.</param>
    /// <param name="firstCommit">The lowest position of a commit; 1 for an empty log.</param>
    /// <param name="lastEvent">The highest position of an event; 0 for an empty log.</param>
    /// <param name="lastCommit">The last commit; null for an empty log.</param>
    /// <exception cref="InvalidDataException">It does not.</exception>
    public static LogEnds Check(Guid epoch, long firstEvent, long firstCommit, long lastEvent, CommitRow? lastCommit)
    {
        var head = lastCommit?.ToHead() ?? new LogHead(Position.Start, default, EventHash.None);
        if (firstEvent != 1 || firstCommit != 1)
        {
            throw new InvalidDataException($"the log's first event is at position {firstEvent} and its first commit at position {firstCommit}, and both must be at 1");
        }

        return lastEvent == head.Position.Value
            ? new LogEnds(epoch, head)
            : throw new InvalidDataException($"the log's last commit ends at position {head.Position}, its events at {lastEvent}");
    }
}
