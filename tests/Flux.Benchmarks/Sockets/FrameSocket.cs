using System.Buffers.Binary;
using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;

namespace Flux.Benchmarks.Sockets;

/// <summary>A WebSocket client that counts what it gets: it walks the frames' headers and parses at most one number of a frame.</summary>
internal sealed class FrameSocket : IDisposable
{
    private readonly Socket _socket;
    private readonly SubscriptionProtocol _protocol;
    private readonly bool _measuresLatency;
    private readonly Lock _latencyLock = new();
    private LatencyRecorder _latencies = new();
    private long _measureFrom;
    private long _updates;
    private long _bytes;
    private bool _isSubscribed;
    private byte[] _buffer;

    private FrameSocket(Socket socket, SubscriptionProtocol protocol, byte[] buffer, bool measuresLatency)
    {
        _socket = socket;
        _protocol = protocol;
        _buffer = buffer;
        _measuresLatency = measuresLatency;
    }

    /// <summary>Gets how many changes have arrived.</summary>
    public long Updates => Volatile.Read(ref _updates);

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Gets a value indicating whether the server has said that it knows the subscription, which it does on newer sockets.</summary>
    public bool IsSubscribed => Volatile.Read(ref _isSubscribed);

    /// <summary>Gets why the socket is not open any more, or why it gets nothing; null while all is well.</summary>
    public string? Ended { get; private set; }

    public static async Task<FrameSocket> OpenAsync(int port, SocketPlan plan, int number, CancellationToken cancellationToken)
    {
        var buffer = new byte[plan.BufferSize];
        var (socket, filled) = await UpgradedSocket.OpenAsync(
            port, UpgradedSocket.SourceOf(number), plan.Protocol, buffer, kernelBufferSize: null, cancellationToken);
        try
        {
            var result = new FrameSocket(socket, plan.Protocol, buffer, plan.MeasuredEvery > 0 && number % plan.MeasuredEvery == 0);
            if (plan.Subscribe is { } subscribe)
            {
                await socket.SendAsync(
                    WireFrame.Masked(WireFrame.TextOpcode, Encoding.UTF8.GetBytes(subscribe(number))), SocketFlags.None, cancellationToken);
            }

            _ = result.ReceiveAsync(filled);
            return result;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Starts anew with latencies, of values with this stamp or a later one.</summary>
    public void MeasureFrom(long stamp)
    {
        lock (_latencyLock)
        {
            _measureFrom = stamp;
            _latencies = new LatencyRecorder();
        }
    }

    public void CollectLatencies(LatencyRecorder into)
    {
        lock (_latencyLock)
        {
            into.Add(_latencies);
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task ReceiveAsync(int filled)
    {
        try
        {
            while (Ended is null)
            {
                var used = Walk(_buffer.AsSpan(0, filled));
                _buffer.AsSpan(used..filled).CopyTo(_buffer);
                filled -= used;
                if (filled == _buffer.Length)
                {
                    Array.Resize(ref _buffer, _buffer.Length * 2);
                }

                var read = await _socket.ReceiveAsync(_buffer.AsMemory(filled), SocketFlags.None, CancellationToken.None);
                filled += read;
                Volatile.Write(ref _bytes, _bytes + read);
                if (read == 0)
                {
                    Ended ??= "closed by the server without a close frame";
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed by its owner, or cut: the owner compares the counts and reports the reason.
            Ended ??= e.Message;
        }
    }

    private int Walk(ReadOnlySpan<byte> data)
    {
        var updates = 0;
        var at = 0;
        while (WireFrame.Read(data[at..], out var opcode, out var payload) is var length and > 0)
        {
            updates += Take(opcode, payload) ? 1 : 0;
            at += length;
        }

        Volatile.Write(ref _updates, _updates + updates);
        return at;
    }

    // Metrics come to every classic socket every 2 s; they are not what is counted.
    private bool Take(int opcode, ReadOnlySpan<byte> payload)
    {
        if (opcode == WireFrame.PingOpcode)
        {
            _ = _socket.SendAsync(WireFrame.Masked(WireFrame.PongOpcode, payload), SocketFlags.None);
            return false;
        }

        if (opcode == WireFrame.CloseOpcode)
        {
            Ended = payload.Length < 2
                ? "closed by the server"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"closed by the server: {BinaryPrimitives.ReadUInt16BigEndian(payload)} {Encoding.UTF8.GetString(payload[2..])}");
            return false;
        }

        if (!(_protocol == SubscriptionProtocol.Classic ? IsUpdate(payload) : IsChange(payload)))
        {
            return false;
        }

        if (_measuresLatency)
        {
            RecordLatency(payload);
        }

        return true;
    }

    private static bool IsUpdate(ReadOnlySpan<byte> payload) =>
        payload.StartsWith("{\"type\":\"state_update\""u8) || payload.IndexOf("\"state_update\""u8) >= 0;

    private bool IsChange(ReadOnlySpan<byte> payload)
    {
        if (payload.StartsWith("{\"type\":\"change\""u8) || payload.StartsWith("{\"type\":\"enter\""u8))
        {
            return true;
        }

        if (payload.StartsWith("{\"type\":\"subscribed\""u8))
        {
            Volatile.Write(ref _isSubscribed, true);
        }
        else if (payload.StartsWith("{\"type\":\"error\""u8))
        {
            Ended = $"refused by the server: {Encoding.UTF8.GetString(payload)}";
        }

        return false;
    }

    private void RecordLatency(ReadOnlySpan<byte> payload)
    {
        var before = _protocol == SubscriptionProtocol.Classic ? "\"value\":"u8 : EventText.BeforeFirstValue;
        var at = payload.IndexOf(before);
        if (at < 0 || !Utf8Parser.TryParse(payload[(at + before.Length)..], out long stamp, out _))
        {
            return;
        }

        lock (_latencyLock)
        {
            if (stamp >= _measureFrom)
            {
                _latencies.Record(Stamp.Since(stamp));
            }
        }
    }
}
