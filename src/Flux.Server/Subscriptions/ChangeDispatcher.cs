using System.Runtime.InteropServices;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Core.Namespaces;
using Flux.Core.Subscriptions;
using Flux.Grains.Namespaces;
using Flux.Server.Namespaces;
using Flux.Server.Subscriptions.V2;
using Microsoft.Extensions.Options;

namespace Flux.Server.Subscriptions;

/// <summary>Hands changes to the sockets that want them. Each is encoded once, and only when somebody does.</summary>
/// <remarks>
/// One lock orders everything that has to agree on a position: dispatch, who wants what, and who joins or leaves the live path. Under it nothing
/// waits: a socket that cannot take a block leaves the live path and reads the log (<see cref="CatchUp"/>).
/// </remarks>
internal sealed class ChangeDispatcher : IChangeDispatcher
{
    // Of frames that a change has: a block stays in memory until the slowest of its sockets has written it.
    private const int MostAtOnce = 2 * 1024 * 1024;

    // A frame has 13 KB at most beside its value: so few cannot have more, and need no measuring.
    private const int FewProperties = 100;

    private readonly Lock _feeding = new(); // who dispatches: both protocols hear of everything in one order. Taken before all others
    private readonly Lock _gate = new();
    private readonly FrameBlock _block = new();
    private readonly List<Connection> _found = [];
    private readonly FeedTail _tail = new();
    private readonly List<JudgedChange> _missed = [];
    private readonly NamespaceDirectory _directory;
    private readonly Audience _audience;
    private readonly CatchUp _catchUp;
    private readonly TrafficMeter _meter;
    private readonly SubscriptionService _newer;
    private readonly SubscriptionInstruments _instruments;
    private long _position;

    public ChangeDispatcher(
        NamespaceDirectory directory,
        TimeProvider time,
        IOptions<SubscriptionOptions> options,
        SubscriptionInstruments instruments,
        SubscriptionService newer,
        ILogger<CatchUp> logger)
    {
        _directory = directory;
        _newer = newer;
        _instruments = instruments;
        _audience = new Audience(directory, options.Value);
        _meter = new TrafficMeter(time);
        _catchUp = new CatchUp(this, newer.Pages, time, instruments, logger);
        directory.Changed += OnNamespaceChanged;
    }

    /// <inheritdoc/>
    public Position Position => new(Volatile.Read(ref _position));

    /// <summary>Gets how many sockets want less than everything.</summary>
    internal int SelectiveCount
    {
        get
        {
            lock (_gate)
            {
                return _audience.Selective.Count;
            }
        }
    }

    /// <inheritdoc/>
    public void StartAfter(Position head, ReadOnlyMemory<byte> hash)
    {
        lock (_feeding)
        {
            lock (_gate)
            {
                Volatile.Write(ref _position, head.Value);
            }

            _newer.StartAfter(head, hash);
        }
    }

    /// <inheritdoc/>
    public void Dispatch(ReadOnlySpan<RecordedEvent> events)
    {
        lock (_feeding)
        {
            DispatchToClassic(events);
            _newer.Offer(events);
        }
    }

    /// <summary>Adds a socket; a classic one to the live path: it gets everything after the position of this moment.</summary>
    /// <returns>False when as many sockets are open with tokens of its namespace as may be.</returns>
    public bool TryAdd(Connection connection)
    {
        lock (_gate)
        {
            if (!_audience.TryAdd(connection))
            {
                return false;
            }

            _instruments.OnConnected();
            return true;
        }
    }

    /// <summary>Removes a socket.</summary>
    public void Remove(Connection connection)
    {
        lock (_gate)
        {
            if (_audience.Remove(connection))
            {
                _instruments.OnDisconnected();
            }
        }
    }

    /// <summary>Removes the sockets whose token works no longer.</summary>
    /// <returns>Each with the reason, to be closed.</returns>
    public List<(Connection Connection, TokenEnd Reason)> RemoveEnded()
    {
        lock (_gate)
        {
            var ended = _audience.RemoveEnded();
            foreach (var _ in ended)
            {
                _instruments.OnDisconnected();
            }

            return ended;
        }
    }

    /// <summary>Adds a subscription, unless that were one too many for the socket or for the namespace of its token.</summary>
    public void Subscribe(Connection connection, string pattern)
    {
        lock (_gate)
        {
            _audience.Subscribe(connection, pattern);
        }
    }

    /// <summary>Removes a subscription.</summary>
    public void Unsubscribe(Connection connection, string pattern)
    {
        lock (_gate)
        {
            _audience.Unsubscribe(connection, pattern);
        }
    }

    /// <summary>Gives a connection other rights: its client has shown a token.</summary>
    /// <returns>False when as many sockets are open with tokens of that namespace as may be: nothing has changed.</returns>
    public bool TryChangeRights(Connection connection, ReadRights rights)
    {
        lock (_gate)
        {
            return _audience.TryChangeRights(connection, rights);
        }
    }

    /// <summary>Counts ids and prefixes that a newer connection subscribes to, unless they were too many for it or for the namespace of its token.</summary>
    /// <returns>Whether it may.</returns>
    public bool TryCount(Connection connection, int patterns)
    {
        lock (_gate)
        {
            return _audience.TryCount(connection, patterns);
        }
    }

    /// <summary>Counts ids and prefixes no more.</summary>
    public void Uncount(Connection connection, int patterns)
    {
        lock (_gate)
        {
            Audience.Count(connection, -patterns);
        }
    }

    /// <summary>Counts the sockets that are open with tokens of a namespace, and their subscriptions.</summary>
    /// <param name="ns">The namespace.</param>
    public (int Sockets, int Subscriptions) CountSockets(string ns)
    {
        lock (_gate)
        {
            return _audience.CountSockets(ns);
        }
    }

    /// <summary>Gives the sockets and the counts of this moment.</summary>
    public Traffic Measure()
    {
        lock (_gate)
        {
            return new Traffic([.. _audience.All.Where(connection => connection.Protocol != ConnectionProtocol.EventStream)], _meter.Applied, _meter.Rate(), _meter.Publishers());
        }
    }

    /// <summary>Picks from a page of the log what a socket wants.</summary>
    /// <param name="connection">The socket.</param>
    /// <param name="page">The page.</param>
    /// <param name="after">The position behind which it wants something.</param>
    /// <param name="limit">The last position that it wants.</param>
    /// <param name="wanted">Takes what it wants, and loses what was in it.</param>
    internal void Select(Connection connection, IReadOnlyList<JudgedChange> page, Position after, Position limit, List<RecordedEvent> wanted)
    {
        wanted.Clear();
        lock (_gate)
        {
            foreach (var (recorded, _, _, _) in page)
            {
                if (recorded.Position > after && recorded.Position <= limit && IsFor(connection, recorded))
                {
                    wanted.Add(recorded);
                }
            }
        }
    }

    /// <summary>Puts a socket that has read the log almost to its end back on the live path, with what it lacks.</summary>
    /// <param name="connection">The socket.</param>
    /// <param name="position">Up to where it was given everything.</param>
    /// <returns>False when it lacks too much: it has to read on.</returns>
    internal bool TryJoin(Connection connection, Position position)
    {
        lock (_gate)
        {
            if (!_tail.TryRead(Position.Value - position.Value, _missed))
            {
                return false;
            }

            // Measured before anything is written: nobody waits for what is thrown away.
            _missed.RemoveAll(change => !IsFor(connection, change.Recorded));
            var (frames, bytes) = (new FrameEncoder(), 0L);
            foreach (var (recorded, _, _, _) in _missed)
            {
                bytes += frames.Measure(recorded);
                if (bytes > FeedTail.JoinBytes)
                {
                    return false;
                }
            }

            foreach (var (recorded, _, _, _) in _missed)
            {
                frames.WriteChange(recorded);
            }

            if (frames.Length > 0)
            {
                connection.Outbox.Append(frames.Written.ToArray(), [new Piece(0, frames.Length)]);
            }

            connection.IsLagging = false;
            return true;
        }
    }

    private void DispatchToClassic(ReadOnlySpan<RecordedEvent> events)
    {
        lock (_gate)
        {
            var shipped = Position;
            foreach (var recorded in events)
            {
                if (recorded.Position <= Position)
                {
                    continue; // two activations of the connection grain overlap for a moment: the other one was faster
                }

                if (recorded.Position != Position.Next)
                {
                    Ship(shipped); // what is before the gap was found with the subscriptions and rights of now
                    throw new InvalidOperationException($"The feed jumps from position {Position} to {recorded.Position}");
                }

                if (!TryWrite(recorded))
                {
                    Ship(shipped);
                    LeadAside(Position);
                    shipped = recorded.Position;
                }

                _tail.Add(new JudgedChange(recorded));
                Volatile.Write(ref _position, recorded.Position.Value);
                if (_block.Length >= Outbox.BlockBytes)
                {
                    Ship(shipped);
                    shipped = Position;
                }
            }

            Ship(shipped);
        }
    }

    private bool IsFor(Connection connection, RecordedEvent recorded) =>
        recorded.IsApplied && Subscription.IsPushed(recorded) && _audience.Includes(connection, recorded);

    /// <summary>Writes a change for all that want it.</summary>
    /// <returns>False when its frames are too many to be held at once: those in <see cref="_found"/> have to read them from the log.</returns>
    private bool TryWrite(RecordedEvent recorded)
    {
        var id = recorded.Data.Payload.EntityId;
        if (id is not null && SystemEntity.Owns(id))
        {
            return true; // never pushed, never counted
        }

        var hidden = id is null ? null : _directory.FindHidden(id);
        if (hidden is null)
        {
            _meter.OnEvent(recorded.Data.Source, recorded.IsApplied); // how much happens in a hidden namespace is not for everybody either
        }

        if (!recorded.IsApplied || id is null)
        {
            return true;
        }

        _found.Clear();
        if (hidden is null)
        {
            _audience.Find(recorded, _found);
        }
        else
        {
            _audience.Find(recorded, hidden, _found);
        }

        if (_found.Count == 0 && (hidden is not null || _audience.Everything.Count == 0))
        {
            return true;
        }

        if (recorded.Data.Payload.Change.Properties.Length > FewProperties && _block.Measure(recorded) > MostAtOnce)
        {
            if (hidden is null)
            {
                _found.AddRange(_audience.Everything);
            }

            return false;
        }

        _block.Write(recorded, isOpen: hidden is null, _found);
        return true;
    }

    // They read the log at their own pace from there on, each its part of the frames at a time.
    private void LeadAside(Position after)
    {
        foreach (var connection in _found.Where(connection => !connection.IsLagging))
        {
            connection.IsLagging = true;
            _catchUp.Start(connection, after);
        }
    }

    private void Ship(Position after)
    {
        if (_block.Length == 0)
        {
            return;
        }

        var block = _block.ToArray();
        _instruments.OnShipped(_block.Last!, block.Length);
        if (_block.Open is { IsEmpty: false } open)
        {
            foreach (var connection in _audience.Everything)
            {
                if (connection.Pieces.Count == 0)
                {
                    Offer(connection, block, open, after);
                }
            }
        }

        foreach (var connection in _block.Touched)
        {
            var wantsOpen = _block.HasHidden && _audience.Everything.Contains(connection);
            Offer(connection, block, wantsOpen ? _block.Merge(connection) : CollectionsMarshal.AsSpan(connection.Pieces), after);
        }

        _block.Clear();
    }

    // On the feed's path, under the lock of the records: nothing that is called from here may ask for a record.
    private void OnNamespaceChanged(NamespaceRecord record)
    {
        lock (_gate)
        {
            _audience.OnRecord(record);
        }
    }

    private void Offer(Connection connection, byte[] block, ReadOnlySpan<Piece> pieces, Position after)
    {
        if (!connection.IsLagging && !connection.Outbox.TryOffer(block, pieces))
        {
            connection.IsLagging = true;
            _catchUp.Start(connection, after);
        }
    }
}
