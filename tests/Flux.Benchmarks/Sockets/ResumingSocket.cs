using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;

namespace Flux.Benchmarks.Sockets;

/// <summary>A client of <c>flux.v2</c> that keeps its last cursor, goes on there on its next connection, and checks that nothing is missing or comes twice.</summary>
/// <param name="number">Which one it is among many.</param>
/// <param name="firstEntity">The number of the first entity in its scope.</param>
/// <param name="entities">How many there are; each has been written once before.</param>
internal sealed class ResumingSocket(int number, int firstEntity, int entities) : IDisposable
{
    // Of a cursor as text, and of what stands around it at the end of a frame: "cursor":"…"}
    private const int CursorLength = 50;
    private const int EndWithCursor = CursorLength + 12;

    private readonly long[] _versions = Versions(entities);
    private readonly byte[] _cursor = new byte[CursorLength];
    private readonly string _scope = entities == 1 ? EventText.SpreadEntity(firstEntity) : EventText.SpreadScope(firstEntity / EventText.NamespaceSize);
    private byte[] _buffer = new byte[2048];
    private Socket? _socket;
    private Task _receiving = Task.CompletedTask;
    private TaskCompletionSource<long> _goesOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _hasCursor;
    private bool _isCut;
    private long _lastPosition;
    private long _changes;

    /// <summary>Gets how many changes have come.</summary>
    public long Changes => Volatile.Read(ref _changes);

    /// <summary>Gets how many versions of its entities were missing between two that came.</summary>
    public long Missing { get; private set; }

    /// <summary>Gets how many changes came that had come before, or behind a later one.</summary>
    public long Repeated { get; private set; }

    /// <summary>Gets what went wrong; null when nothing did.</summary>
    public string? Failure { get; private set; }

    /// <summary>Says whether every entity in its scope has come with the last version that it has.</summary>
    public bool HasAll(ReadOnlySpan<long> lastVersions) => _versions.AsSpan().SequenceEqual(lastVersions.Slice(firstEntity, entities));

    /// <summary>Connects and subscribes, behind the last cursor if there is one.</summary>
    /// <returns>A task with the moment (of <see cref="Stopwatch"/>) at which the server said that it goes on from there.</returns>
    /// <exception cref="SocketException">The server cannot be reached.</exception>
    /// <exception cref="IOException">The server went away.</exception>
    public async Task<Task<long>> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        await _receiving; // the old connection's last frames
        _goesOn = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        _isCut = false;
        var (socket, filled) = await UpgradedSocket.OpenAsync(
            port, UpgradedSocket.SourceOf(number), SubscriptionProtocol.Newer, _buffer, kernelBufferSize: null, cancellationToken);
        _socket = socket;
        var from = _hasCursor ? $",\"from\":\"{Encoding.ASCII.GetString(_cursor)}\"" : "";
        var message = SocketPlan.NewerTo($"\"entity\":\"{_scope}\"{from}");
        await socket.SendAsync(WireFrame.Masked(WireFrame.TextOpcode, Encoding.ASCII.GetBytes(message)), SocketFlags.None, cancellationToken);
        _receiving = ReceiveAsync(socket, filled, expected: _hasCursor ? "{\"type\":\"caught_up\"" : "{\"type\":\"subscribed\"");
        return _goesOn.Task;
    }

    /// <summary>Says that the connection will end, which is a failure otherwise.</summary>
    public void ExpectLoss() => _isCut = true;

    /// <summary>Cuts the connection without a word, as a lost network does; what has not been read is lost.</summary>
    public void Cut()
    {
        ExpectLoss();
        if (_socket is { } socket)
        {
            // A reset: nothing stays behind in the kernel, so that ports are free at once.
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            socket.Dispose();
            _socket = null;
        }
    }

    public void Dispose() => Cut();

    private static long[] Versions(int entities)
    {
        var versions = new long[entities];
        Array.Fill(versions, 1);
        return versions;
    }

    private async Task ReceiveAsync(Socket socket, int filled, string expected)
    {
        var awaited = Encoding.ASCII.GetBytes(expected);
        try
        {
            while (Failure is null)
            {
                var used = Walk(socket, awaited, _buffer.AsSpan(0, filled));
                _buffer.AsSpan(used..filled).CopyTo(_buffer);
                filled -= used;
                if (filled == _buffer.Length)
                {
                    Array.Resize(ref _buffer, _buffer.Length * 2);
                }

                var read = await socket.ReceiveAsync(_buffer.AsMemory(filled), SocketFlags.None, CancellationToken.None);
                if (read == 0)
                {
                    throw new IOException("the server closed the connection");
                }

                filled += read;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            // Cut by its owner, or the server is gone: whoever waits connects again.
            _goesOn.TrySetException(new IOException(e.Message));
            if (!_isCut)
            {
                Failure ??= $"lost its connection: {e.Message}";
            }
        }
        finally
        {
            if (Failure is { } failure)
            {
                _goesOn.TrySetException(new BenchmarkException(failure));
            }
        }
    }

    private int Walk(Socket socket, ReadOnlySpan<byte> awaited, ReadOnlySpan<byte> data)
    {
        var at = 0;
        while (WireFrame.Read(data[at..], out var opcode, out var payload) is var length and > 0)
        {
            at += length;
            switch (opcode)
            {
                case WireFrame.PingOpcode:
                    _ = socket.SendAsync(WireFrame.Masked(WireFrame.PongOpcode, payload), SocketFlags.None);
                    break;
                case WireFrame.CloseOpcode:
                    Failure ??= $"was closed: {Encoding.UTF8.GetString(payload[Math.Min(2, payload.Length)..])}";
                    break;
                default:
                    Take(payload, awaited);
                    break;
            }
        }

        return at;
    }

    private void Take(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> awaited)
    {
        if (payload.StartsWith("{\"type\":\"change\""u8))
        {
            Check(payload);
        }
        else if (payload.StartsWith(awaited))
        {
            _goesOn.TrySetResult(Stopwatch.GetTimestamp());
        }
        else if (payload.StartsWith("{\"type\":\"error\""u8) || payload.StartsWith("{\"type\":\"cursor_unknown\""u8))
        {
            Failure ??= Encoding.UTF8.GetString(payload);
        }

        if (payload.Length > EndWithCursor && payload[^EndWithCursor..].StartsWith("\"cursor\":\""u8))
        {
            payload[^(CursorLength + 2)..^2].CopyTo(_cursor);
            _hasCursor = true;
        }
    }

    private void Check(ReadOnlySpan<byte> payload)
    {
        Volatile.Write(ref _changes, _changes + 1);
        var entity = entities == 1 ? 0 : (int)Number(payload, "/e"u8);
        var version = Number(payload, "\"version\":"u8);
        var position = Number(payload, "\"position\":"u8);
        var last = _versions[entity];
        if (version <= last || position <= _lastPosition)
        {
            Repeated++;
            return;
        }

        Missing += version - last - 1;
        (_versions[entity], _lastPosition) = (version, position);
    }

    private static long Number(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> before)
    {
        var at = payload.IndexOf(before);
        return at >= 0 && Utf8Parser.TryParse(payload[(at + before.Length)..], out long number, out _)
            ? number
            : throw new BenchmarkException($"A change has no {Encoding.ASCII.GetString(before)}: {Encoding.UTF8.GetString(payload)}");
    }
}
