using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Flux.Benchmarks.Sockets;

/// <summary>A client of <c>flux.v2</c> that takes replays, one after the other, as fast as it can.</summary>
internal sealed class ReplaySocket : IDisposable
{
    private readonly Socket _socket;
    private byte[] _buffer;
    private int _filled;

    private ReplaySocket(Socket socket, byte[] buffer, int filled) => (_socket, _buffer, _filled) = (socket, buffer, filled);

    /// <summary>Takes a change.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="arrived">When it was read, of <see cref="Stopwatch"/>.</param>
    public delegate void ChangeTaker(ReadOnlySpan<byte> frame, long arrived);

    /// <summary>Gets how many bytes have come.</summary>
    public long Bytes { get; private set; }

    public static async Task<ReplaySocket> OpenAsync(int port, CancellationToken cancellationToken)
    {
        var buffer = new byte[256 * 1024];
        var (socket, filled) = await UpgradedSocket.OpenAsync(
            port, IPAddress.Loopback, SubscriptionProtocol.Newer, buffer, kernelBufferSize: null, cancellationToken);
        return new ReplaySocket(socket, buffer, filled);
    }

    /// <summary>Asks for a replay and reads it to its end.</summary>
    /// <param name="members">The members of the message besides its type, as JSON.</param>
    /// <param name="take">Takes each change; null to count them only.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>How many changes came, and the position of the end.</returns>
    /// <exception cref="BenchmarkException">It was refused, or was not complete.</exception>
    public async Task<(long Changes, string End)> PlayAsync(string members, ChangeTaker? take, CancellationToken cancellationToken)
    {
        await _socket.SendAsync(
            WireFrame.Masked(WireFrame.TextOpcode, Encoding.UTF8.GetBytes($$"""{"type":"replay",{{members}}}""")), SocketFlags.None, cancellationToken);
        var changes = 0L;
        string? end = null;
        while (true)
        {
            changes += Walk(take, Stopwatch.GetTimestamp(), ref end);
            if (end is not null)
            {
                return (changes, end);
            }

            if (_filled == _buffer.Length)
            {
                Array.Resize(ref _buffer, _buffer.Length * 2);
            }

            var read = await _socket.ReceiveAsync(_buffer.AsMemory(_filled), SocketFlags.None, cancellationToken);
            if (read == 0)
            {
                throw new BenchmarkException("The server closed the socket of a replay.");
            }

            (_filled, Bytes) = (_filled + read, Bytes + read);
        }
    }

    public void Dispose() => _socket.Dispose();

    private long Walk(ChangeTaker? take, long arrived, ref string? end)
    {
        var changes = 0L;
        var at = 0;
        var data = _buffer.AsSpan(0, _filled);
        while (WireFrame.Read(data[at..], out var opcode, out var payload) is var length and > 0)
        {
            at += length;
            if (opcode == WireFrame.PingOpcode)
            {
                _ = _socket.SendAsync(WireFrame.Masked(WireFrame.PongOpcode, payload), SocketFlags.None);
            }
            else if (payload.StartsWith("{\"type\":\"change\""u8))
            {
                changes++;
                take?.Invoke(payload, arrived);
            }
            else if (payload.StartsWith("{\"type\":\"replayed\""u8))
            {
                end = Encoding.UTF8.GetString(payload);
            }
            else if (!payload.StartsWith("{\"type\":\"replaying\""u8))
            {
                throw new BenchmarkException($"A replay was answered: {Encoding.UTF8.GetString(payload)}");
            }
        }

        data[at..].CopyTo(_buffer);
        _filled -= at;
        return changes;
    }
}
