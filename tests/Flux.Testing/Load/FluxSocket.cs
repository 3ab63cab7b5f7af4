using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Flux.Testing.History;

namespace Flux.Testing.Load;

/// <summary>A subscriber that records every frame as it came, with its time.</summary>
public sealed class FluxSocket : IAsyncDisposable
{
    // Guards against hanging, and is no target.
    private static readonly TimeSpan ArmLimit = TimeSpan.FromSeconds(60);

    private readonly ClientWebSocket _socket = new();
    private readonly HashSet<string> _filters = new(StringComparer.Ordinal);
    private readonly HistoryRecorder _recorder;
    private readonly Uri _address;
    private Task<WebSocketCloseStatus?> _receiving = Task.FromResult<WebSocketCloseStatus?>(null);
    private volatile Probe? _probe;
    private volatile bool _closing;
    private volatile bool _ended;

    private readonly LoadToken? _token;

    private FluxSocket(string name, Uri address, LoadToken? token, HistoryRecorder recorder) =>
        (Name, _address, _token, _recorder) = (name, address, token, recorder);

    /// <summary>Gets the socket's name in the history.</summary>
    public string Name { get; }

    /// <summary>Gets the close code that the server gave, once the socket has ended; null when it ended without one.</summary>
    public Task<WebSocketCloseStatus?> Ended => _receiving;

    private bool TakesAll => _filters.Count == 0 || _filters.Contains("*");

    /// <summary>Connects, and records from then on.</summary>
    /// <param name="name">The socket's name, one for each connection of a history.</param>
    /// <param name="server">The server's address.</param>
    /// <param name="recorder">Where frames are recorded.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The socket.</returns>
    public static Task<FluxSocket> ConnectAsync(string name, Uri server, HistoryRecorder recorder, CancellationToken cancellationToken) =>
        ConnectAsync(name, server, token: null, recorder, cancellationToken, cancellationToken);

    /// <summary>Connects within a limit of its own, and records from then on.</summary>
    /// <param name="name">The socket's name, one for each connection of a history.</param>
    /// <param name="server">The server's address.</param>
    /// <param name="token">The token that it is opened with; null for none.</param>
    /// <param name="recorder">Where frames are recorded.</param>
    /// <param name="connecting">Gives up while it connects.</param>
    /// <param name="receiving">Gives up later.</param>
    /// <returns>The socket.</returns>
    public static async Task<FluxSocket> ConnectAsync(
        string name, Uri server, LoadToken? token, HistoryRecorder recorder, CancellationToken connecting, CancellationToken receiving)
    {
        var socket = new FluxSocket(name, server, token, recorder);
        if (token is not null)
        {
            socket._socket.Options.SetRequestHeader("Authorization", token.ToHeader().ToString());
        }

        var address = new UriBuilder(server) { Scheme = "ws", Path = "/api/ws" }.Uri;
        await socket._socket.ConnectAsync(address, connecting);
        socket.Record(SocketRecord.Open);
        socket._receiving = Task.Run(() => socket.ReceiveAsync(receiving), CancellationToken.None);
        return socket;
    }

    /// <summary>Sends a subscribe frame.</summary>
    /// <param name="filter">An id, <c>ns/*</c> or <c>*</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A task that ends when the frame is sent; nothing acknowledges it: see <see cref="ArmAsync"/>.</returns>
    public Task SubscribeAsync(string filter, CancellationToken cancellationToken)
    {
        _filters.Add(filter);
        Record(SocketRecord.Subscribe, filter: filter);
        var frame = $$"""{"type":"subscribe","entity_id":{{JsonSerializer.Serialize(filter)}}}""";
        return _socket.SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
    }

    /// <summary>
    /// Waits until the subscriptions are in force: publishes one event outside of them and one inside, until only the second arrives. From then on
    /// the checker holds the socket to its filter.
    /// </summary>
    /// <param name="client">Publishes the events.</param>
    /// <param name="time">The clock for the limit on waiting.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A task that ends when the subscriptions are in force.</returns>
    /// <exception cref="TimeoutException">An event that was acknowledged inside the subscription did not arrive.</exception>
    /// <exception cref="WebSocketException">The socket ended before.</exception>
    public async Task ArmAsync(FluxClient client, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            var probe = new Probe(OutsideId: Guid.NewGuid().ToString("N"), InsideId: Guid.NewGuid().ToString("N"), Arms: true);
            Await(probe);
            await client.PublishAsync(ProbeEvent(probe.OutsideId, $"outside-{Name}/probe"), cancellationToken);
            await client.PublishAsync(ProbeEvent(probe.InsideId, InsideEntity()), cancellationToken);
            try
            {
                if (await probe.Answer.Task.WaitAsync(ArmLimit, time, cancellationToken))
                {
                    return;
                }
            }
            catch (TimeoutException e)
            {
                throw new TimeoutException($"{Name} ({string.Join(", ", _filters)}) never got the event {probe.InsideId} on {InsideEntity()}", e);
            }
        }
    }

    /// <summary>Publishes a last event once ingest has stopped, and waits until it has arrived: then all before it has too, or is missing.</summary>
    /// <param name="client">Publishes the event.</param>
    /// <param name="limit">How long to wait. What is not there by then counts as missing.</param>
    /// <param name="time">The clock for that.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether the event arrived.</returns>
    public async Task<bool> QuiesceAsync(FluxClient client, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var probe = new Probe(OutsideId: string.Empty, InsideId: Guid.NewGuid().ToString("N"), Arms: false);
        Await(probe);
        var request = await client.PublishAsync(ProbeEvent(probe.InsideId, InsideEntity()), cancellationToken);
        try
        {
            return await probe.Answer.Task.WaitAsync(limit, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return false;
        }
        catch (WebSocketException)
        {
            return false; // it ended meanwhile, and its promise with it
        }
        finally
        {
            if (!_ended)
            {
                Record(SocketRecord.Quiesced, position: request.Events[0].Position);
            }
        }
    }

    /// <summary>Closes the socket in good order.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A task that ends when both sides have closed.</returns>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        _closing = true;
        if (_socket.State == WebSocketState.Open)
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, cancellationToken);
        }

        await _receiving.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _closing = true;
        _socket.Abort();
        await _receiving;
        _socket.Dispose();
    }

    private static OutgoingEvent ProbeEvent(string id, string entity) => OutgoingEvent.Create(
        id, "probe", $$$"""{"entity_id":{{{JsonSerializer.Serialize(entity)}}},"properties":{"probe":"{{{id}}}"}}""");

    private string InsideEntity()
    {
        if (TakesAll)
        {
            return $"probes/{Name}";
        }

        var filter = _filters.First();
        return filter.EndsWith("/*", StringComparison.Ordinal) ? $"{filter[..^1]}probe-{Name}" : filter;
    }

    private async Task<WebSocketCloseStatus?> ReceiveAsync(CancellationToken cancellationToken)
    {
        var message = new ArrayBufferWriter<byte>(4096);
        WebSocketCloseStatus? code = null;
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(message.GetMemory(4096), cancellationToken);
                message.Advance(received.Count);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    code = _socket.CloseStatus;
                    break;
                }

                if (received.EndOfMessage)
                {
                    _recorder.Add(new SocketRecord
                    {
                        At = HistoryRecorder.Now(),
                        Socket = Name,
                        Kind = SocketRecord.Frame,
                        Raw = message.WrittenSpan.ToArray(),
                    });
                    Observe(message.WrittenSpan);
                    message.ResetWrittenCount();
                }
            }

            if (!_closing)
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, CancellationToken.None);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            // Cut off: the record below says so, by having no code.
        }

        _recorder.Add(new SocketRecord
        {
            At = HistoryRecorder.Now(),
            Socket = Name,
            Kind = SocketRecord.Close,
            CloseCode = (int?)code,
            ByClient = _closing,
        });
        _ended = true;
        _probe?.Answer.TrySetException(Gone());
        return code;
    }

    private WebSocketException Gone() => new(WebSocketError.ConnectionClosedPrematurely, $"{Name} has ended");

    private void Await(Probe probe)
    {
        _probe = probe;
        if (_ended)
        {
            throw Gone();
        }
    }

    private void Observe(ReadOnlySpan<byte> raw)
    {
        if (_probe is not { } probe || !SocketFrame.TryRead(raw, out var frame) || frame.EventId is null)
        {
            return;
        }

        if (string.Equals(frame.EventId, probe.OutsideId, StringComparison.Ordinal))
        {
            probe.SawOutside = true;
        }
        else if (string.Equals(frame.EventId, probe.InsideId, StringComparison.Ordinal))
        {
            _probe = null;
            var inForce = TakesAll || !probe.SawOutside;
            if (inForce && probe.Arms)
            {
                Record(SocketRecord.Armed, position: frame.Position);
            }

            probe.Answer.TrySetResult(inForce);
        }
    }

    private void Record(string kind, string? filter = null, long? position = null) => _recorder.Add(new SocketRecord
    {
        At = HistoryRecorder.Now(),
        Socket = Name,
        Node = _address.Authority,
        Token = _token?.Id,
        Kind = kind,
        Filter = filter,
        Position = position,
    });

    private sealed record Probe(string OutsideId, string InsideId, bool Arms)
    {
        public TaskCompletionSource<bool> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        // Written and read by the receive loop alone.
        public bool SawOutside { get; set; }
    }
}
