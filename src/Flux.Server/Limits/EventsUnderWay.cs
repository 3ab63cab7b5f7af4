using Flux.Core;
using Flux.Core.Log;

namespace Flux.Server.Limits;

/// <summary>What has come in and is not answered yet: beyond a bound more is refused at once, so that nobody waits long and memory suffices.</summary>
/// <remarks>
/// The log writer's own bound is behind the entities' grains: a burst of batches would wait for its turn there, for as long as it takes, before it
/// got so far.
/// </remarks>
internal sealed class EventsUnderWay
{
    // What the slower store takes in a second on 2 cores (docs/performance.md), and the bytes that may wait for the log.
    private const int MostEvents = 20_000;
    private static readonly long MostBytes = MemoryBudget.Of(128 * 1024 * 1024);

    private long _events;
    private long _bytes;

    /// <summary>Takes the events of one request in. One that is alone is never too large.</summary>
    /// <param name="events">How many.</param>
    /// <param name="bytes">The bytes of their payloads.</param>
    /// <returns>Their place, to be disposed of when they are answered.</returns>
    /// <exception cref="EventLogUnavailableException">Too much is under way.</exception>
    public Place Enter(int events, long bytes)
    {
        var (allEvents, allBytes) = (Interlocked.Add(ref _events, events), Interlocked.Add(ref _bytes, bytes));
        if ((allEvents > MostEvents && allEvents > events) || (allBytes > MostBytes && allBytes > bytes))
        {
            Leave(events, bytes);
            throw TooMany();
        }

        return new Place(this, events, bytes);
    }

    /// <summary>Refuses before anything is read when nothing more will be taken in: whoever is overrun has better things to do than to parse what it refuses.</summary>
    /// <exception cref="EventLogUnavailableException">Too much is under way.</exception>
    public void RefuseWhenFull()
    {
        if (Interlocked.Read(ref _events) >= MostEvents || Interlocked.Read(ref _bytes) >= MostBytes)
        {
            throw TooMany();
        }
    }

    private static EventLogUnavailableException TooMany() => new("too many events are under way");

    private void Leave(int events, long bytes)
    {
        Interlocked.Add(ref _events, -events);
        Interlocked.Add(ref _bytes, -bytes);
    }

    /// <summary>What one request has taken.</summary>
    internal readonly struct Place(EventsUnderWay all, int events, long bytes) : IDisposable
    {
        /// <summary>Gives it back, once.</summary>
        public void Dispose() => all.Leave(events, bytes);
    }
}
