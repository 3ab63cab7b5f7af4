using System.Buffers.Binary;
using Flux.Core.Events;
using Flux.Core.Log;

namespace Flux.Server.Events;

/// <summary>Finds the events that producers name as causes: in the namespace of the effect, by id or by position.</summary>
internal sealed class CauseFinder(IEventLog log)
{
    // An id that Flux made has its time in it, and the event was committed within the deadline of its request.
    private const int MaxLookedAt = 20_000;
    private const int PageEvents = 1_000;
    private const long LongestWayMicroseconds = 10_000_000;
    private const int Version7 = 7;

    /// <summary>Finds an event by its id.</summary>
    /// <param name="ns">The namespace; empty for none.</param>
    /// <param name="eventId">The id, given by a producer or made by Flux.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The event; null when that namespace has none with this id.</returns>
    public ValueTask<RecordedEvent?> FindAsync(string ns, string eventId, CancellationToken cancellationToken) =>
        FindAsync(ns, eventId, new MissedCauses(), cancellationToken);

    /// <summary>Finds an event by its position.</summary>
    /// <param name="position">The position.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The event, of whatever namespace; null when there is none there.</returns>
    public async ValueTask<RecordedEvent?> FindAsync(Position position, CancellationToken cancellationToken)
    {
        var page = await log.ReadAsync(LogScope.All, position, ReadDirection.Forward, maxCount: 1, cancellationToken);
        return page.Events is [var recorded] && recorded.Position == position ? recorded : null;
    }

    /// <summary>Gives an event its cause's position instead of its name.</summary>
    /// <param name="data">The event.</param>
    /// <param name="missed">What was looked for in vain for the same request.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The event with its cause; the same when it names none.</returns>
    /// <exception cref="EventRefusedException">Its namespace has no such event, or too many of its request named such as there are not.</exception>
    public async ValueTask<EventData> ResolveAsync(EventData data, MissedCauses missed, CancellationToken cancellationToken)
    {
        if (data.Options is not { } options || (options.CausedBy is null && options.Cause is null))
        {
            return data;
        }

        var ns = data.Entity?.Namespace ?? string.Empty;
        var cause = options.CausedBy is { } id
            ? await FindAsync(ns, id, missed, cancellationToken)
            : await FindAsync(options.Cause!.Value, cancellationToken);
        return cause is null || !IsIn(ns, cause)
            ? throw new EventRefusedException(Hosting.ErrorCodes.InvalidField, options.CausedBy is { } named
                ? $"caused_by: this namespace has no event with the id {Shown.Quote(named)}"
                : $"caused_by: this namespace has no event at position {options.Cause}")
            : data.With(options with { CausedBy = null, Cause = cause.Position });
    }

    private async ValueTask<RecordedEvent?> FindAsync(string ns, string eventId, MissedCauses missed, CancellationToken cancellationToken)
    {
        if (!StoredText.IsValid(ns) || !StoredText.IsValid(eventId))
        {
            return null; // no event can have it
        }

        if (await log.FindByEventIdAsync(ns, eventId, cancellationToken) is { } given)
        {
            return given;
        }

        if (!Guid.TryParseExact(eventId, "D", out var guid) || guid.Version != Version7)
        {
            return null;
        }

        // One that is there is found soon; one that is not costs a look at all events of its time.
        missed.Check();
        var made = await FindMadeAsync(ns, eventId, guid, cancellationToken);
        if (made is null)
        {
            missed.Add();
        }

        return made;
    }

    private static bool IsIn(string ns, RecordedEvent recorded) =>
        string.Equals(recorded.Data.Entity?.Namespace ?? string.Empty, ns, StringComparison.Ordinal);

    private async ValueTask<RecordedEvent?> FindMadeAsync(string ns, string eventId, Guid guid, CancellationToken cancellationToken)
    {
        Span<byte> bytes = stackalloc byte[16];
        guid.TryWriteBytes(bytes, bigEndian: true, out _);
        var made = new Timestamp((BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16) * 1000);
        var from = await log.FindPositionAsync(made, cancellationToken);
        for (var looked = 0; looked < MaxLookedAt;)
        {
            var page = await log.ReadAsync(LogScope.All, from, ReadDirection.Forward, PageEvents, cancellationToken);
            foreach (var recorded in page.Events)
            {
                if (recorded.RecordedAt.Microseconds - made.Microseconds > LongestWayMicroseconds)
                {
                    return null;
                }

                if (string.Equals(recorded.Data.EventId, eventId, StringComparison.Ordinal) && IsIn(ns, recorded))
                {
                    return recorded;
                }
            }

            if (page.IsLast)
            {
                return null;
            }

            (looked, from) = (looked + page.Events.Count, page.Next);
        }

        return null;
    }
}
