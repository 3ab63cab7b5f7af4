using Flux.Core.Events;

namespace Flux.Core.Log;

/// <summary>The append-only log of recorded events: the truth that everything else is derived from.</summary>
/// <remarks>Every implementation passes the same conformance suite. Reads never hold a transaction between pages, and run beside appends.</remarks>
public interface IEventLog
{
    /// <summary>Gets the random id of this log. It changes when a copy of the log becomes a log of its own (a restored backup).</summary>
    Guid Epoch { get; }

    /// <summary>
    /// Gets the time that a commit of this moment would have, as nearly as this process knows. What is due is judged by it: two silos whose clocks
    /// differ agree on it.
    /// </summary>
    Timestamp Now { get; }

    /// <summary>
    /// Writes events in one commit: all that can be are recorded, in order, on stable storage when the task ends. Of an entity with an event that
    /// is not recorded, no later event of the same call is recorded either (<see cref="AppendResult.Behind"/>).
    /// </summary>
    /// <param name="events">At least one event. Only one call may be under way at a time.</param>
    /// <param name="cancellationToken">Stops waiting before anything was sent; later it has no effect.</param>
    /// <returns>A result for each event, in order.</returns>
    /// <exception cref="EventLogUnavailableException">Nothing was written.</exception>
    /// <exception cref="AppendOutcomeUnknownException">Nobody knows, and the store could not be asked before the deadline.</exception>
    ValueTask<AppendResult[]> AppendAsync(IReadOnlyList<EventToAppend> events, CancellationToken cancellationToken);

    /// <summary>Gets the end of the log.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The head.</returns>
    ValueTask<LogHead> ReadHeadAsync(CancellationToken cancellationToken);

    /// <summary>Reads a page in position order.</summary>
    /// <param name="scope">Which events. A page may hold none of them while there are more: go on from <see cref="LogPage.Next"/>.</param>
    /// <param name="from">The first position to look at, inclusive, in either direction.</param>
    /// <param name="direction">Which way.</param>
    /// <param name="maxCount">The most events in the page, at least 1. A page also ends at a bound in bytes, but never before its first event.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The page.</returns>
    ValueTask<LogPage> ReadAsync(LogScope scope, Position from, ReadDirection direction, int maxCount, CancellationToken cancellationToken);

    /// <summary>Reads an entity's events in version order.</summary>
    /// <param name="key">The entity.</param>
    /// <param name="afterVersion">The version before the first one wanted; 0 for all.</param>
    /// <param name="maxCount">The most events, at least 1.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The events; fewer than <paramref name="maxCount"/> when the entity has no more.</returns>
    ValueTask<IReadOnlyList<RecordedEvent>> ReadEntityAsync(EntityKey key, long afterVersion, int maxCount, CancellationToken cancellationToken);

    /// <summary>Finds an event by the id that its producer gave it.</summary>
    /// <param name="ns">The namespace; empty for none.</param>
    /// <param name="eventId">The id.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The event; null when that namespace has none with this id.</returns>
    ValueTask<RecordedEvent?> FindByEventIdAsync(string ns, string eventId, CancellationToken cancellationToken);

    /// <summary>Reads the events that an event led to.</summary>
    /// <param name="cause">The event's position.</param>
    /// <param name="after">The position after which to begin; <see cref="Position.Start"/> for all.</param>
    /// <param name="maxCount">The most events, at least 1.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The events that name it as their cause, in position order; fewer than <paramref name="maxCount"/> when there are no more.</returns>
    ValueTask<IReadOnlyList<RecordedEvent>> ReadEffectsAsync(Position cause, Position after, int maxCount, CancellationToken cancellationToken);

    /// <summary>Finds the first position that was recorded at or after a time.</summary>
    /// <param name="time">The time.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The position; the one after the head when nothing is that late.</returns>
    ValueTask<Position> FindPositionAsync(Timestamp time, CancellationToken cancellationToken);

    /// <summary>Waits until the log has an event after <paramref name="position"/>.</summary>
    /// <param name="position">The last position that the caller has seen.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The head's position, greater than <paramref name="position"/>.</returns>
    ValueTask<Position> WaitForMoreAsync(Position position, CancellationToken cancellationToken);
}
