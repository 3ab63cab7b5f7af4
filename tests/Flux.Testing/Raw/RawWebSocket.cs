using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace Flux.Testing.Raw;

/// <summary>A WebSocket made by hand: it sends any frame, right or wrong, and keeps every message that comes.</summary>
internal sealed class RawWebSocket : IAsyncDisposable
{
    public const byte Text = 1;
    public const byte Binary = 2;
    public const byte Close = 8;
    public const byte Ping = 9;
    public const byte Pong = 10;

    private readonly RawHttp _http;
    private readonly Channel<(byte Opcode, byte[] Payload)> _received = Channel.CreateUnbounded<(byte, byte[])>();
    private readonly TaskCompletionSource<int?> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<string> _last = new(); // for what a failure says

    // Messages that came while the answer to a ping was awaited.
    private readonly Queue<(byte Opcode, byte[] Payload)> _held = new();
    private readonly SemaphoreSlim _sending = new(1);
    private Task _pump = Task.CompletedTask;
    private string? _end; // how the connection ended
    private long _sent;
    private long _seen;

    private RawWebSocket(RawHttp http) => _http = http;

    /// <summary>Gets or sets a value indicating whether pings are answered.</summary>
    public bool AnswersPings { get; set; } = true;

    /// <summary>Gets or sets what judges how long the next frame takes, by the bytes that were sent; null for nothing but <see cref="RawHttp.Guard"/>.</summary>
    public Func<Task, Func<long>, Task>? Judge { get; set; }

    /// <summary>Gets the code of the server's close frame once the connection is closed; null when there was no such frame.</summary>
    public Task<int?> Closed => _closed.Task;

    /// <summary>Gets the text of the server's close frame, once the connection is closed.</summary>
    public string? CloseText { get; private set; }

    public static byte[] Handshake(string target = "/api/ws", params string[] headers) => RawRequest.Of("GET", target,
        ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", .. headers]);

    public static async Task<RawWebSocket> OpenAsync(int port, string target = "/api/ws", params string[] headers)
    {
        var http = await RawHttp.ConnectAsync(port);
        var answer = await http.ExchangeAsync(Handshake(target, headers));
        return answer.Status == 101 ? Start(http) : throw new InvalidOperationException($"The socket was not opened: {answer}");
    }

    /// <summary>Takes over a connection whose handshake was answered.</summary>
    public static RawWebSocket Start(RawHttp http)
    {
        var socket = new RawWebSocket(http);
        socket._pump = socket.PumpAsync();
        return socket;
    }

    /// <summary>The bytes of a frame, masked as a client must, unless told otherwise.</summary>
    public static byte[] Frame(byte opcode, byte[] payload, bool final = true, bool masked = true, byte reserved = 0, ulong? announced = null)
    {
        var length = announced ?? (ulong)payload.Length;
        using var frame = new MemoryStream();
        frame.WriteByte((byte)((final ? 0x80 : 0) | reserved | opcode));
        var mask = masked ? 0x80 : 0;
        Span<byte> wide = stackalloc byte[8];
        if (length < 126)
        {
            frame.WriteByte((byte)(mask | (int)length));
        }
        else if (length <= ushort.MaxValue)
        {
            frame.WriteByte((byte)(mask | 126));
            BinaryPrimitives.WriteUInt16BigEndian(wide, (ushort)length);
            frame.Write(wide[..2]);
        }
        else
        {
            frame.WriteByte((byte)(mask | 127));
            BinaryPrimitives.WriteUInt64BigEndian(wide, length);
            frame.Write(wide);
        }

        if (!masked)
        {
            frame.Write(payload);
            return frame.ToArray();
        }

        byte[] key = [0x12, 0x34, 0x56, 0x78];
        frame.Write(key);
        for (var i = 0; i < payload.Length; i++)
        {
            frame.WriteByte((byte)(payload[i] ^ key[i & 3]));
        }

        return frame.ToArray();
    }

    public Task SendTextAsync(string text) => SendBytesAsync(Frame(Text, Encoding.UTF8.GetBytes(text)));

    public Task SubscribeAsync(string id) => SendTextAsync($$"""{"type":"subscribe","entity_id":{{JsonSerializer.Serialize(id)}}}""");

    public Task UnsubscribeAsync(string id) => SendTextAsync($$"""{"type":"unsubscribe","entity_id":{{JsonSerializer.Serialize(id)}}}""");

    public async Task SendBytesAsync(byte[] bytes)
    {
        _sent += bytes.Length;
        await _sending.WaitAsync();
        try
        {
            await _http.SendAsync(bytes).WaitAsync(RawHttp.Guard);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>As <see cref="SendBytesAsync"/>, for frames at which the server may hang up.</summary>
    public Task<bool> TrySendBytesAsync(byte[] bytes)
    {
        _sent += bytes.Length;
        return _http.TrySendAsync(bytes).WaitAsync(RawHttp.Guard);
    }

    public void Reset() => _http.Reset();

    /// <summary>Waits until everything sent before has been read by the server: it answers pings in order.</summary>
    public async Task RoundTripAsync()
    {
        var mark = Guid.NewGuid().ToByteArray();
        await SendBytesAsync(Frame(Ping, mark));
        while (true)
        {
            var frame = await NextFrameAsync("the answer to a ping");
            if (frame.Opcode == Pong && frame.Payload.AsSpan().SequenceEqual(mark))
            {
                return;
            }

            _held.Enqueue(frame);
        }
    }

    /// <summary>The next frame, whichever it is.</summary>
    public async Task<(byte Opcode, byte[] Payload)> NextFrameAsync(string awaited)
    {
        using var guard = new CancellationTokenSource(RawHttp.Guard);
        return await NextFrameAsync(awaited, guard.Token);
    }

    /// <summary>The next frame, whichever it is; null when the connection ends or the wait is called off.</summary>
    public async Task<(byte Opcode, byte[] Payload)?> TryNextFrameAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _received.Reader.ReadAsync(cancellationToken);
        }
        catch (ChannelClosedException)
        {
            await Closed;
            return null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>The next text message that is not a metrics update.</summary>
    public async Task<JsonElement> NextMessageAsync(string awaited = "a message", bool withMetrics = false)
    {
        // One guard over all that is passed over: metrics come for ever.
        using var guard = new CancellationTokenSource(RawHttp.Guard);
        while (true)
        {
            if (!_held.TryDequeue(out var frame))
            {
                frame = await NextFrameAsync(awaited, guard.Token);
            }

            if (frame.Opcode != Text)
            {
                continue;
            }

            var text = Encoding.UTF8.GetString(frame.Payload);
            _seen++;
            _last.Enqueue(text);
            if (_last.Count > 5)
            {
                _last.Dequeue();
            }

            using var document = JsonDocument.Parse(frame.Payload, new JsonDocumentOptions { MaxDepth = 256 });
            if (withMetrics || document.RootElement.GetProperty("type").GetString() != "metrics_update")
            {
                return document.RootElement.Clone();
            }
        }
    }

    /// <summary>The next message about one entity; those about others and metrics are passed over.</summary>
    public async Task<JsonElement> NextAboutAsync(string entityId)
    {
        while (true)
        {
            var message = await NextMessageAsync($"a message about '{entityId}'");
            if (message.TryGetProperty("entity_id", out var id) && id.GetString() == entityId)
            {
                return message;
            }
        }
    }

    /// <summary>Waits for the end of the connection and says with which code it was closed.</summary>
    public async Task<int?> WaitForCloseAsync(TimeSpan? limit = null)
    {
        try
        {
            return await Closed.WaitAsync(limit ?? RawHttp.Guard);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"The server did not close the socket within {limit ?? RawHttp.Guard}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _http.DisposeAsync();
        await _pump;
        _sending.Dispose();
    }

    private async Task<(byte Opcode, byte[] Payload)> NextFrameAsync(string awaited, CancellationToken guard)
    {
        try
        {
            var next = _received.Reader.ReadAsync(guard).AsTask();
            if (Judge is not null)
            {
                await Judge(next, () => _sent);
            }

            return await next;
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            var last = string.Join('\n', _last.Select(s => s.Length > 300 ? s[..300] : s));
            var end = e is ChannelClosedException ? $"was closed, {(await Closed is { } code ? $"with {code} {CloseText}" : $"without a close frame: {_end}")}" : "it did not come";
            throw new TimeoutException($"The socket was waiting for {awaited} and {end}; the last of {_seen} messages:\n{last}", e);
        }
    }

    private async Task PumpAsync()
    {
        int? code = null;
        try
        {
            using var message = new MemoryStream();
            byte messageOpcode = 0;
            while (true)
            {
                var head = await _http.TakeAsync(2);
                var length = (ulong)(head[1] & 0x7F);
                if (length == 126)
                {
                    length = BinaryPrimitives.ReadUInt16BigEndian(await _http.TakeAsync(2));
                }
                else if (length == 127)
                {
                    length = BinaryPrimitives.ReadUInt64BigEndian(await _http.TakeAsync(8));
                }

                var payload = await _http.TakeAsync(checked((int)length));
                var opcode = (byte)(head[0] & 0x0F);
                if (opcode == Close)
                {
                    code = payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(payload) : 1005;
                    CloseText = payload.Length > 2 ? Encoding.UTF8.GetString(payload.AsSpan(2)) : null;
                    await _http.TrySendAsync(Frame(Close, payload));
                }
                else if (opcode == Ping && AnswersPings)
                {
                    await _sending.WaitAsync();
                    await _http.TrySendAsync(Frame(Pong, payload));
                    _sending.Release();
                }
                else if (opcode is Ping or Pong)
                {
                    _received.Writer.TryWrite((opcode, payload));
                }
                else
                {
                    messageOpcode = opcode == 0 ? messageOpcode : opcode;
                    message.Write(payload);
                    if ((head[0] & 0x80) != 0)
                    {
                        _received.Writer.TryWrite((messageOpcode, message.ToArray()));
                        message.SetLength(0);
                    }
                }
            }
        }
        catch (EndOfStreamException e)
        {
            _end = e.Message;
            _closed.TrySetResult(code);
            _received.Writer.TryComplete();
        }
    }
}
