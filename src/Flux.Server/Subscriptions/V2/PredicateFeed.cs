using System.Threading.Channels;
using Flux.Core;
using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.Core.Subscriptions;

namespace Flux.Server.Subscriptions.V2;

/// <summary>Leads the feed of the subscriptions with predicates: it fetches the states that they look at, and judges on a path of its own, so that they hold up nobody else.</summary>
internal sealed partial class PredicateFeed(
    ChangeFeed feed, IReadModel readModel, IEventLog log, TimeProvider time, ILogger<PredicateFeed> logger)
{
    // Beyond it the log is read instead: a second of the highest rate.
    private const int MaxQueued = 20_000;

    private const int BatchSize = 512;

    private static readonly long StateBytes = MemoryBudget.Of(64 * 1024 * 1024);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly ILogger<PredicateFeed> _logger = logger;
    private readonly Lock _gate = new();
    private readonly Queue<RecordedEvent> _queue = [];
    private readonly ScopeIndex<Subscription> _interest = new();
    private readonly HashSet<Subscription> _interested = [];
    private readonly List<Subscription> _found = [];
    private readonly Channel<bool> _more = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly EntityStates _states = new(readModel, StateBytes);
    private Position _offered;
    private ulong _offeredHash;

    /// <summary>Gets the feed.</summary>
    public ChangeFeed Feed => feed;

    /// <summary>Sets where it goes on.</summary>
    public void StartAfter(Position head, ulong rowHash)
    {
        lock (_gate)
        {
            (_offered, _offeredHash) = (head, rowHash);
            feed.StartAfter(head, rowHash);
        }
    }

    /// <summary>Takes the next events; it does not wait. What it has seen already is left out.</summary>
    public void Offer(ReadOnlySpan<RecordedEvent> events)
    {
        lock (_gate)
        {
            foreach (var recorded in events)
            {
                if (recorded.Position <= _offered)
                {
                    continue;
                }

                (_offered, _offeredHash) = (recorded.Position, Cursor.Shorten(recorded.Hash));
                if (_interested.Count > 0)
                {
                    _queue.Enqueue(recorded);
                }
            }

            while (_queue.Count > MaxQueued)
            {
                _queue.Dequeue();
            }

            if (_queue.Count == 0)
            {
                return;
            }
        }

        Wake();
    }

    /// <summary>Begins to fetch states for a subscription, before it joins the feed.</summary>
    public void Announce(Subscription subscription)
    {
        lock (_gate)
        {
            if (_interested.Count == 0)
            {
                // Nobody has looked for a while: what passed meanwhile is nobody's.
                feed.StartAfter(_offered, _offeredHash);
                _queue.Clear();
            }

            if (_interested.Add(subscription))
            {
                _interest.Add(subscription, subscription.Scope);
            }
        }
    }

    /// <summary>Fetches no more states for a subscription that has ended.</summary>
    public void Withdraw(Subscription subscription)
    {
        lock (_gate)
        {
            if (_interested.Remove(subscription))
            {
                _interest.Remove(subscription, subscription.Scope);
            }
        }
    }

    /// <summary>Runs until the server stops.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        var events = new List<RecordedEvent>(BatchSize);
        while (true)
        {
            try
            {
                while (await TakeAsync(events, stoppingToken))
                {
                    feed.Dispatch(await _states.CompleteAsync(events, IsWanted, stoppingToken));
                }

                await _more.Reader.ReadAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (EventLogUnavailableException e)
            {
                LogLogIsLost(e); // what was taken is read from the log afterwards
                await Task.Delay(Pause, time, CancellationToken.None);
                Wake();
            }
        }
    }

    private void Wake() => _more.Writer.TryWrite(true);

    private bool IsWanted(string id)
    {
        lock (_gate)
        {
            _found.Clear();
            _interest.Find(id, _found);
            return _found.Count > 0;
        }
    }

    // The next events: from the queue, or from the log when the queue begins behind them.
    private async ValueTask<bool> TakeAsync(List<RecordedEvent> events, CancellationToken cancellationToken)
    {
        events.Clear();
        Position next;
        lock (_gate)
        {
            next = feed.Position.Next;
            while (_queue.TryPeek(out var queued) && queued.Position <= next && events.Count < BatchSize)
            {
                _queue.Dequeue();
                if (queued.Position == next)
                {
                    events.Add(queued);
                    next = next.Next;
                }
            }

            if (events.Count > 0 || _interested.Count == 0 || _offered < next)
            {
                return events.Count > 0;
            }
        }

        var page = await log.ReadAsync(LogScope.All, next, ReadDirection.Forward, BatchSize, cancellationToken);
        foreach (var recorded in page.Events)
        {
            if (recorded.Position <= _offered)
            {
                events.Add(recorded);
            }
        }

        return events.Count > 0;
    }
}
