using Flux.Core.Log;

namespace Flux.Core.Subscriptions;

/// <summary>Hands changes to the sockets of this silo. It outlives the connection grain, which may be activated again at any time.</summary>
public interface IChangeDispatcher
{
    /// <summary>Gets the position of the last event handed over.</summary>
    Position Position { get; }

    /// <summary>Sets where the live feed begins, once, before the first <see cref="Dispatch"/>: sockets get what comes after it.</summary>
    /// <param name="head">The log's head: the last row; <see cref="Position.Start"/> with no hash for an empty log.</param>
    /// <param name="hash">The hash of that row.</param>
    void StartAfter(Position head, ReadOnlyMemory<byte> hash);

    /// <summary>Hands over the next events. It never waits for a socket.</summary>
    /// <param name="events">The events right after <see cref="Position"/>, without a gap.</param>
    void Dispatch(ReadOnlySpan<RecordedEvent> events);
}
