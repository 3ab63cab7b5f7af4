using Flux.Core.Log;
using Flux.Core.Subscriptions;

namespace Flux.Server.Subscriptions.V2;

/// <summary>Where a subscription begins.</summary>
internal abstract record StartPoint
{
    private StartPoint()
    {
    }

    /// <summary>With the next change.</summary>
    internal sealed record Now : StartPoint;

    /// <summary>With the state as it is, and then all changes after it.</summary>
    internal sealed record Snapshot : StartPoint;

    /// <summary>Right after a cursor, which is checked against the log.</summary>
    /// <param name="Cursor">The cursor.</param>
    internal sealed record AfterCursor(Cursor Cursor) : StartPoint;

    /// <summary>Right after a position, unchecked.</summary>
    /// <param name="Position">The position.</param>
    internal sealed record AfterPosition(Position Position) : StartPoint;

    /// <summary>With the first change that was recorded at a time or after it. Of replays only.</summary>
    /// <param name="Time">The time.</param>
    internal sealed record AtTime(Timestamp Time) : StartPoint;
}
