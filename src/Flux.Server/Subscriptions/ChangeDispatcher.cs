using System.Runtime.InteropServices;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Core.Subscriptions;
using Microsoft.Extensions.Options;

namespace Flux.Server.Subscriptions;

/// <summary>Hands changes to the sockets that want them. Each is encoded once, and only when somebody does.</summary>
/// <remarks>
/// One lock orders everything that has to agree on a position: dispatch, who wants what, and who joins or leaves the live path. Under it nothing
/// waits: a socket that cannot take a block leaves the live path and reads the log (<see cref="CatchUp"/>).
/// </remarks>
internal sealed class ChangeDispatcher : IChangeDispatcher
{
    // Below the large-object heap's 85,000 bytes, and as much as one write takes at once.
    private const int BlockBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly SubscriptionIndex<Connection> _index = new();
    private readonly FrameEncoder _encoder = new();
    private readonly List<Connection> _found = [];
    private readonly List<Connection> _touched = [];
    private readonly SubscriptionOptions _options;
    private readonly CatchUp _catchUp;
    private readonly TrafficMeter _meter;
    private readonly SubscriptionInstruments _instruments;
    private RecordedEvent? _last;
    private long _position;

    public ChangeDispatcher(
        IEventLog log, TimeProvider time, IOptions<SubscriptionOptions> options, SubscriptionInstruments instruments, ILogger<CatchUp> logger)
    {
        _instruments = instruments;
        _options = options.Value;
        _meter = new TrafficMeter(time);
        _catchUp = new CatchUp(this, log, time, instruments, logger);
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
                if (_encoder.Length >= BlockBytes)
                {
                    Ship(shipped);
                    shipped = Position;
                }
            }

            Ship(shipped);
        }
    }

    /// <summary>Adds a socket to the live path: it gets everything after the position of this moment.</summary>
    public void Add(Connection connection)
    {
        lock (_gate)
        {
            _index.Add(connection);
            _instruments.OnConnected();
        }
    }

    /// <summary>Removes a socket.</summary>
    public void Remove(Connection connection)
    {
        lock (_gate)
        {
            if (_index.Remove(connection))
            {
                _instruments.OnDisconnected();
            }
        }
    }

    /// <summary>Adds a subscription.</summary>
    public void Subscribe(Connection connection, string pattern)
    {
        lock (_gate)
        {
            _index.Subscribe(connection, pattern, _options.MaxSubscriptions);
        }
    }

    /// <summary>Removes a subscription.</summary>
    public void Unsubscribe(Connection connection, string pattern)
    {
        lock (_gate)
        {
            _index.Unsubscribe(connection, pattern);
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
                    && (recorded.Data.Payload.Change.IsDeletion || _index.Wants(connection, recorded.Data.Payload.EntityId!)))
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

        _meter.OnEvent(recorded.Data.Source, recorded.IsApplied);
        if (!recorded.IsApplied || id is null)
        {
            return;
        }

        _found.Clear();
        if (recorded.Data.Payload.Change.IsDeletion)
        {
            _found.AddRange(_index.Selective);
        }
        else if (_index.Selective.Count > 0)
        {
            _index.Find(id, _found);
        }

        if (_found.Count == 0 && _index.Everything.Count == 0)
        {
            return;
        }

        var start = _encoder.Length;
        _encoder.WriteChange(recorded);
        _last = recorded;
        foreach (var connection in _found)
        {
            if (connection.Add(start, _encoder.Length - start))
            {
                _touched.Add(connection);
            }
        }
    }

    private void Ship(Position after)
    {
        if (_encoder.Length == 0)
        {
            return;
        }

        // The block is shared by everybody and lives until the slowest has written it, so it is the collector's.
        var block = _encoder.Written.ToArray();
        _encoder.Clear();
        _instruments.OnShipped(_last!, block.Length);
        ReadOnlySpan<Piece> whole = [new Piece(0, block.Length)];
        foreach (var connection in _index.Everything)
        {
            Offer(connection, block, whole, after);
        }

        foreach (var connection in _touched)
        {
            Offer(connection, block, CollectionsMarshal.AsSpan(connection.Pieces), after);
            connection.Pieces.Clear();
        }

        _touched.Clear();
    }

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
