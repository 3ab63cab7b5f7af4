using System.Buffers.Binary;
using System.Net.WebSockets;

namespace Flux.Server.Subscriptions;

/// <summary>The transport as the platform's WebSocket sees it: it reads by itself, and its own frames (pong, ping, close) go through the outbox.</summary>
/// <remarks>The platform's WebSocket sends nothing but control frames here, each in one write, so no write is ever a part of a frame.</remarks>
internal sealed class FrameStream(Stream transport, Outbox outbox, TimeProvider time) : Stream
{
    private const byte OpcodeMask = 0x0F;
    private const byte CloseOpcode = 0x8;

    // The least that carries a code. Source: RFC 6455, section 5.5.1.
    private const int CloseFrameBytes = 4;

    private static readonly TimeSpan LingerTime = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        transport.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        transport.ReadAsync(buffer, offset, count, cancellationToken);

    // A copy, because the WebSocket uses its buffer again when the wait is cancelled; control frames have 127 bytes at most.

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var frame = buffer.ToArray();
        var isClose = frame.Length > 0 && (frame[0] & OpcodeMask) == CloseOpcode;
        await (isClose ? outbox.WriteLastAsync(frame) : outbox.WriteControlAsync(frame)).WaitAsync(cancellationToken);
        if (isClose && frame.Length >= CloseFrameBytes)
        {
            var code = (WebSocketCloseStatus)BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(2));
            if (code is WebSocketCloseStatus.ProtocolError or WebSocketCloseStatus.InvalidPayloadData)
            {
                await LingerAsync();
            }
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    // With these codes the WebSocket resets the connection as soon as the frame is written, and a reset can overtake it: the client would never learn
    // why. It gets a moment to read and to close by itself. Nobody else reads then: the WebSocket has given up reading.
    private async Task LingerAsync()
    {
        using var limit = new CancellationTokenSource(LingerTime, time);
        var ignored = new byte[256];
        try
        {
            while (await transport.ReadAsync(ignored, limit.Token) > 0)
            {
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // It had its moment, or has gone.
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            transport.Dispose();
        }

        base.Dispose(disposing);
    }
}
