using System.Runtime.InteropServices;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Core.Namespaces;
using Flux.Core.Subscriptions;
using Flux.Grains.Namespaces;
using Microsoft.Extensions.Options;

namespace Flux.Server.Subscriptions;

/// <summary>Hands changes to the sockets that want them. Each is encoded once, and only when somebody does.</summary>
/// <remarks>
/// One lock orders everything that has to agree on a position: dispatch, who wants what, and who joins or leaves the live path. Under it nothing
/// waits: a socket that cannot take a block leaves the live path and reads the log (<see cref="CatchUp"/>). What is in a hidden namespace is looked
/// for by those only who hold one of its tokens (<see cref="TokenSockets"/>), and by the rights of this moment.
/// </remarks>
internal sealed class ChangeDispatcher : IChangeDispatcher
{
    // Below the large-object heap's 85,000 bytes, and as much as one write takes at once.
    private const int BlockBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly SubscriptionIndex<Connection> _index = new();
    private readonly TokenSockets _tokens = new();
    private readonly FrameBlock _block = new();
    private readonly List<Connection> _found = [];
    private readonly NamespaceDirectory _directory;
    private readonly SubscriptionOptions _options;
    private readonly CatchUp _catchUp;
    private readonly TrafficMeter _meter;
    private readonly SubscriptionInstruments _instruments;
    private long _position;

    public ChangeDispatcher(
        NamespaceDirectory directory,
        IEventLog log,
        TimeProvider time,
        IOptions<SubscriptionOptions> options,
        SubscriptionInstruments instruments,
        ILogger<CatchUp> logger)
    {
        _directory = directory;
        _instruments = instruments;
        _options = options.Value;
        _meter = new TrafficMeter(time);
        _catchUp = new CatchUp(this, log, time, instruments, logger);
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
                return _index.Selective.Count;
            }
        }
    }

    /// <inheritdoc/>
    public void StartAfter(Position head)
    {
        lock (_gate)
        {
            Volatile.Write(ref _position, head.Value);
        }
    }

    /// <inheritdoc/>
    public void Dispatch(ReadOnlySpan<RecordedEvent> events)
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
                    throw new InvalidOperationException($"The feed jumps from position {Position} to {recorded.Position}");
                }

                Write(recorded);
                Volatile.Write(ref _position, recorded.Position.Value);
                if (_block.Length >= BlockBytes)
                {
                    Ship(shipped);
                    shipped = Position;
                }
            }

            Ship(shipped);
        }
    }

    /// <summary>Adds a socket to the live path: it gets everything after the position of this moment.</summary>
    /// <returns>False when as many sockets are open with tokens of its namespace as may be.</returns>
    public bool TryAdd(Connection connection)
    {
        lock (_gate)
        {
            _tokens.Add(connection);
            if (connection.Namespace is { } sockets
                && sockets.Connections.Count > (LimitsOf(sockets).Sockets ?? _options.MaxSocketsOfNamespace))
            {
                _tokens.Remove(connection, subscriptions: 0);
                return false;
            }

            _index.Add(connection);
            _instruments.OnConnected();
            return true;
        }
    }

    /// <summary>Removes a socket.</summary>
    public void Remove(Connection connection)
    {
        lock (_gate)
        {
            if (_index.Remove(connection) is { } subscriptions)
            {
                _tokens.Remove(connection, subscriptions);
                _instruments.OnDisconnected();
            }
        }
    }

    /// <summary>Removes the sockets whose token works no longer.</summary>
    /// <returns>Each with the reason, to be closed.</returns>
    public List<(Connection Connection, string Reason)> RemoveEnded()
    {
        lock (_gate)
        {
            var ended = _tokens.FindEnded();
            foreach (var (connection, _) in ended)
            {
                Remove(connection);
            }

            return ended;
        }
    }

    /// <summary>Adds a subscription, unless that were one too many for the socket or for the namespace of its token.</summary>
    public void Subscribe(Connection connection, string pattern)
    {
        lock (_gate)
        {
            var sockets = connection.Namespace;
            if ((sockets is null || sockets.Subscriptions < (LimitsOf(sockets).Subscriptions ?? _options.MaxSubscriptionsOfNamespace))
                && _index.Subscribe(connection, pattern, _options.MaxSubscriptions) && sockets is not null)
            {
                sockets.Subscriptions++;
            }
        }
    }

    /// <summary>Removes a subscription.</summary>
    public void Unsubscribe(Connection connection, string pattern)
    {
        lock (_gate)
        {
            if (_index.Unsubscribe(connection, pattern) && connection.Namespace is { } sockets)
            {
                sockets.Subscriptions--;
            }
        }
    }

    /// <summary>Gives the sockets and the counts of this moment.</summary>
    public Traffic Measure()
    {
        lock (_gate)
        {
            return new Traffic([.. _index.All], _meter.Applied, _meter.Rate(), _meter.Publishers());
        }
    }

    /// <summary>Picks from a page of the log what a socket wants, up to a position.</summary>
    internal void Select(Connection connection, IReadOnlyList<RecordedEvent> events, Position limit, List<RecordedEvent> wanted)
    {
        wanted.Clear();
        lock (_gate)
        {
            foreach (var recorded in events)
            {
                if (recorded.Position <= limit && IsPushed(recorded)
                    && (recorded.Data.Payload.Change.IsDeletion || _index.Wants(connection, recorded.Data.Payload.EntityId!))
                    && connection.Rights.CanRead(recorded.Data.Payload.EntityId!))
                {
                    wanted.Add(recorded);
                }
            }
        }
    }

    /// <summary>Begins to keep for a lagging socket what is dispatched from now on.</summary>
    /// <returns>The position up to which it has to read the log.</returns>
    internal Position StartJoining(Connection connection)
    {
        lock (_gate)
        {
            connection.State = ConnectionState.Joining;
            connection.StartHolding();
            return Position;
        }
    }

    /// <summary>Puts a socket that has read the log up to its position back on the live path.</summary>
    /// <returns>False when too much had to be kept meanwhile: it goes on lagging.</returns>
    internal bool TryJoin(Connection connection)
    {
        lock (_gate)
        {
            if (connection.State != ConnectionState.Joining)
            {
                return false;
            }

            var held = connection.Held!;
            connection.StopHolding();
            connection.State = ConnectionState.Live;
            foreach (var (block, pieces) in held)
            {
                connection.Outbox.Append(block, pieces);
            }

            return true;
        }
    }

    private static bool IsPushed(RecordedEvent recorded) =>
        recorded.IsApplied && recorded.Data.Payload.EntityId is { } id && !SystemEntity.Owns(id);

    private void Write(RecordedEvent recorded)
    {
        var id = recorded.Data.Payload.EntityId;
        if (id is not null && SystemEntity.Owns(id))
        {
            return; // never pushed, never counted
        }

        var hidden = id is null ? null : _directory.FindHidden(id);
        if (hidden is null)
        {
            _meter.OnEvent(recorded.Data.Source, recorded.IsApplied); // how much happens in a hidden namespace is not for everybody either
        }

        if (!recorded.IsApplied || id is null)
        {
            return;
        }

        _found.Clear();
        if (hidden is not null)
        {
            FindHolders(hidden, id, recorded.Data.Payload.Change.IsDeletion);
        }
        else if (recorded.Data.Payload.Change.IsDeletion)
        {
            _found.AddRange(_index.Selective);
        }
        else if (_index.Selective.Count > 0)
        {
            _index.Find(id, _found);
        }

        if (_found.Count > 0 || (hidden is null && _index.Everything.Count > 0))
        {
            _block.Write(recorded, isOpen: hidden is null, _found);
        }
    }

    private void FindHolders(NamespaceRecord hidden, string id, bool isDeletion)
    {
        if (_tokens.Find(hidden.Name) is not { } sockets)
        {
            return;
        }

        foreach (var connection in sockets.Connections)
        {
            if (isDeletion || _index.Everything.Contains(connection))
            {
                _found.Add(connection);
            }
        }

        if (!isDeletion)
        {
            _index.Find(id, _found);
        }

        _found.RemoveAll(connection => connection.Namespace != sockets || !connection.Rights.CanRead(id, hidden));
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
            foreach (var connection in _index.Everything)
            {
                if (connection.Pieces.Count == 0)
                {
                    Offer(connection, block, open, after);
                }
            }
        }

        foreach (var connection in _block.Touched)
        {
            var wantsOpen = _block.HasHidden && _index.Everything.Contains(connection);
            Offer(connection, block, wantsOpen ? _block.Merge(connection) : CollectionsMarshal.AsSpan(connection.Pieces), after);
        }

        _block.Clear();
    }

    // On the feed's path, under the lock of the records: nothing that is called from here may ask for a record.
    private void OnNamespaceChanged(NamespaceRecord record)
    {
        lock (_gate)
        {
            _tokens.OnRecord(record, _index.Count);
        }
    }

    private NamespaceLimits LimitsOf(NamespaceSockets sockets) => _directory.Find(sockets.Name)?.Limits ?? NamespaceLimits.None;

    private void Offer(Connection connection, byte[] block, ReadOnlySpan<Piece> pieces, Position after)
    {
        switch (connection.State)
        {
            case ConnectionState.Live when !connection.Outbox.TryOffer(block, pieces):
                connection.State = ConnectionState.Lagging;
                _catchUp.Start(connection, after);
                break;
            case ConnectionState.Joining when !connection.TryHold(block, pieces, _options.OutboxBytes):
                connection.State = ConnectionState.Lagging;
                connection.StopHolding();
                break;
            default:
                break;
        }
    }
}
