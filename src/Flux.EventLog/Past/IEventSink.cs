using Flux.Core.Log;

namespace Flux.EventLog.Past;

/// <summary>Takes the events of a stretch of the log, of each no more than it wants: such a stretch may have a million.</summary>
internal interface IEventSink
{
    /// <summary>Gets a value indicating whether it takes no more.</summary>
    bool IsFull { get; }

    /// <summary>Says whether the rest of an event is wanted, which is given to <see cref="Take"/> next.</summary>
    /// <param name="id">The event's entity.</param>
    bool Wants(ReadOnlySpan<char> id);

    /// <summary>Hears that the log lacks events of the stretch: nobody knows of which entities.</summary>
    void Miss();

    /// <summary>Takes the event that was wanted.</summary>
    /// <param name="version">The entity's version after it.</param>
    /// <param name="payload">The payload, for the sink to keep; null for an event that changed nothing.</param>
    /// <param name="recordedAt">The time of the commit.</param>
    void Take(long version, byte[]? payload, Timestamp recordedAt);
}
