using Flux.Core.Log;
using Flux.Core.Subscriptions;

namespace Flux.Grains.Connections;

/// <summary>Puts the commits of all silos into the order of the log: what comes next is handed on, what is ahead is kept, what was there is dropped.</summary>
/// <remarks>Not safe for several threads. What is kept is bounded; beyond it the farthest are left to the log, which has them all.</remarks>
internal sealed class ChangeMerger(IChangeDispatcher dispatcher, IReadOnlyList<IFeedListener> listeners, int maxHeld)
{
    private readonly SortedDictionary<Position, CommittedBatch> _held = [];
    private readonly List<ArraySegment<RecordedEvent>> _ready = [];
    private int _heldEvents;

    /// <summary>Gets the last position handed on.</summary>
    public Position Position => dispatcher.Position;

    /// <summary>Gets the last position known to be in the log.</summary>
    public Position Known { get; private set; }

    /// <summary>Gets a value indicating whether the log holds something that was not handed on.</summary>
    public bool IsBehind => Known > Position;

    /// <summary>Gets how many events are kept until those before them arrive.</summary>
    public int Held => _heldEvents;

    /// <summary>Takes commits as they arrive and hands on, in one go, what now follows without a gap.</summary>
    /// <param name="batches">Commits of any silo, in any order.</param>
    /// <returns>How many of them brought nothing new.</returns>
    public int Take(IEnumerable<CommittedBatch> batches)
    {
        var position = dispatcher.Position;
        var repeated = 0;
        foreach (var batch in batches)
        {
            See(batch.Last);
            if (batch.Last <= position)
            {
                repeated++;
            }
            else if (batch.First <= position.Next)
            {
                position = MakeReady(batch.Events, position);
            }
            else
            {
                Hold(batch);
            }
        }

        HandOn(position);
        return repeated;
    }

    /// <summary>Takes a page of the log that begins at the next position or before it.</summary>
    /// <param name="events">Events in position order without a gap.</param>
    public void Take(IReadOnlyList<RecordedEvent> events)
    {
        if (events.Count > 0)
        {
            Take([new CommittedBatch([.. events])]);
        }
    }

    /// <summary>Takes note of how far the log reaches.</summary>
    /// <param name="position">A position in the log.</param>
    public void See(Position position)
    {
        if (position > Known)
        {
            Known = position;
        }
    }

    private void HandOn(Position position)
    {
        while (_held.Count > 0 && First() is var next && next.First <= position.Next)
        {
            _held.Remove(next.First);
            _heldEvents -= next.Events.Length;
            if (next.Last > position)
            {
                position = MakeReady(next.Events, position);
            }
        }

        try
        {
            foreach (var listener in listeners)
            {
                foreach (var events in _ready)
                {
                    listener.OnFeed(events);
                }
            }

            if (_ready.Count == 1)
            {
                dispatcher.Dispatch(_ready[0]);
            }
            else if (_ready.Count > 1)
            {
                // Many small commits become one dispatch, and that one write to each socket.
                dispatcher.Dispatch([.. _ready.SelectMany(events => events)]);
            }
        }
        finally
        {
            _ready.Clear(); // what was not handed on is in the log
        }
    }

    private CommittedBatch First()
    {
        using var held = _held.Values.GetEnumerator();
        held.MoveNext();
        return held.Current;
    }

    private Position MakeReady(RecordedEvent[] events, Position position)
    {
        var seen = (int)(position.Value + 1 - events[0].Position.Value);
        _ready.Add(new ArraySegment<RecordedEvent>(events, seen, events.Length - seen));
        return events[^1].Position;
    }

    private void Hold(CommittedBatch batch)
    {
        if (_held.TryAdd(batch.First, batch))
        {
            _heldEvents += batch.Events.Length;
        }

        while (_heldEvents > maxHeld)
        {
            var farthest = _held.Keys.Last();
            _heldEvents -= _held[farthest].Events.Length;
            _held.Remove(farthest);
        }
    }
}
