using System.Buffers.Binary;
using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Flux.Benchmarks.Sockets;

/// <summary>A WebSocket client that counts what it gets: it walks the frames' headers and parses at most one number of a frame.</summary>
internal sealed class FrameSocket : IDisposable
{
    private const int PingOpcode = 0x9;
    private const int PongOpcode = 0xA;
    private const int CloseOpcode = 0x8;

    // An empty mask leaves the payload as it is, which the protocol allows and which costs nothing.
    private static readonly byte[] SubscribeToAll = Mask(0x1, "{\"type\":\"subscribe\",\"entity_id\":\"*\"}"u8);

    private readonly Socket _socket;
    private readonly bool _measuresLatency;
    private readonly Lock _latencyLock = new();
    private LatencyRecorder _latencies = new();
    private long _measureFrom;
    private long _updates;
    private long _bytes;
    private byte[] _buffer;

    private FrameSocket(Socket socket, int bufferSize, bool measuresLatency)
    {
        _socket = socket;
        _buffer = new byte[bufferSize];
        _measuresLatency = measuresLatency;
    }

    /// <summary>Gets how many state updates have arrived.</summary>
    public long Updates => Volatile.Read(ref _updates);

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Gets why the socket is not open any more; null while it is.</summary>
    public string? Ended { get; private set; }

    public static async Task<FrameSocket> OpenAsync(
        int port, IPAddress source, int bufferSize, bool measuresLatency, bool subscribe, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(source, 0));
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
            await socket.SendAsync(Handshake(port), SocketFlags.None, cancellationToken);
            var result = new FrameSocket(socket, bufferSize, measuresLatency);
            var filled = await result.ReadHandshakeAsync(cancellationToken);
            if (subscribe)
            {
                await socket.SendAsync(SubscribeToAll, SocketFlags.None, cancellationToken);
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

    private static byte[] Handshake(int port) => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"GET /api/ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {Convert.ToBase64String(Guid.NewGuid().ToByteArray())}\r\n\r\n"));

    // Only for payloads below 126 bytes.
    private static byte[] Mask(byte opcode, ReadOnlySpan<byte> payload) =>
        [(byte)(0x80 | opcode), (byte)(0x80 | payload.Length), 0, 0, 0, 0, .. payload];

    private async Task<int> ReadHandshakeAsync(CancellationToken cancellationToken)
    {
        var filled = 0;
        while (true)
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(filled), SocketFlags.None, cancellationToken);
            filled += read;
            var end = _buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                if (!_buffer.AsSpan().StartsWith("HTTP/1.1 101"u8))
                {
                    throw new BenchmarkException($"The upgrade was refused: {Encoding.ASCII.GetString(_buffer, 0, end)}");
                }

                // Frames may follow at once.
                _buffer.AsSpan((end + 4)..filled).CopyTo(_buffer);
                return filled - end - 4;
            }

            if (read == 0 || filled == _buffer.Length)
            {
                throw new IOException("The server closed the connection instead of upgrading it.");
            }
        }
    }

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
        while (data.Length - at >= 2)
        {
            var frame = data[at..];
            long length = frame[1] & 0x7F;
            var header = length switch { 126 => 4, 127 => 10, _ => 2 };
            if (frame.Length < header)
            {
                break;
            }

            length = header switch
            {
                4 => BinaryPrimitives.ReadUInt16BigEndian(frame[2..]),
                10 => BinaryPrimitives.ReadInt64BigEndian(frame[2..]),
                _ => length,
            };
            if (frame.Length - header < length)
            {
                break;
            }

            updates += Take(frame[0] & 0xF, frame.Slice(header, (int)length)) ? 1 : 0;
            at += header + (int)length;
        }

        Volatile.Write(ref _updates, _updates + updates);
        return at;
    }

    // Metrics come to every socket every 2 s; they are not what is counted.
    private bool Take(int opcode, ReadOnlySpan<byte> payload)
    {
        if (opcode == PingOpcode)
        {
            _ = _socket.SendAsync(Mask(PongOpcode, payload), SocketFlags.None);
            return false;
        }

        if (opcode == CloseOpcode)
        {
            Ended = payload.Length < 2
                ? "closed by the server"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"closed by the server: {BinaryPrimitives.ReadUInt16BigEndian(payload)} {Encoding.UTF8.GetString(payload[2..])}");
            return false;
        }

        if (!payload.StartsWith("{\"type\":\"state_update\""u8) && payload.IndexOf("\"state_update\""u8) < 0)
        {
            return false;
        }

        if (_measuresLatency)
        {
            RecordLatency(payload);
        }

        return true;
    }

    private void RecordLatency(ReadOnlySpan<byte> payload)
    {
        var at = payload.IndexOf("\"value\":"u8);
        if (at < 0 || !Utf8Parser.TryParse(payload[(at + "\"value\":".Length)..], out long stamp, out _))
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
