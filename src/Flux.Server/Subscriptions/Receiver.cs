using System.Buffers;
using System.Net.WebSockets;

namespace Flux.Server.Subscriptions;

/// <summary>Reads what one client sends. An idle socket holds no buffer; a message is read into pooled memory and given back.</summary>
internal sealed class Receiver(WebSocket socket, IMessageHandler handler, TimeProvider time)
{
    // The least that the contract demands (wire-contract section 15).
    private const int MaxMessageBytes = 1024 * 1024;

    private const int FirstBufferBytes = 4096;

    // Beyond this the socket is read more slowly, which costs the flooder time and others nothing.
    private const int MaxMessagesPerSecond = 10_000;

    // For one message, from its first fragment to its last (bad-input W12).
    private static readonly TimeSpan MessageTime = TimeSpan.FromSeconds(55);

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private long _secondStart = time.GetTimestamp();
    private int _messages;

    /// <summary>Gets a value indicating whether it gave up waiting for the rest of a message: the socket cannot be read any more.</summary>
    public bool HasPendingRead { get; private set; }

    /// <summary>Reads until the client closes or breaks a rule.</summary>
    /// <returns>With what to close; null when the client closed.</returns>
    /// <exception cref="WebSocketException">The connection ended, or its frames were against the protocol and it has been closed for that.</exception>
    public async Task<CloseReason?> RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var start = await socket.ReceiveAsync(Memory<byte>.Empty, cancellationToken);
            if (start.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            var reason = start.EndOfMessage
                ? await handler.OnMessageAsync(start.MessageType, default, cancellationToken)
                : await ReadMessageAsync(start.MessageType, cancellationToken);
            if (reason is not null)
            {
                return reason;
            }

            if (socket.State is not (WebSocketState.Open or WebSocketState.CloseSent))
            {
                return null; // closed in the middle of a message
            }

            if (++_messages >= MaxMessagesPerSecond)
            {
                await PaceAsync(cancellationToken);
            }
        }
    }

    private async Task PaceAsync(CancellationToken cancellationToken)
    {
        var elapsed = time.GetElapsedTime(_secondStart);
        if (elapsed < Second)
        {
            await Task.Delay(Second - elapsed, time, cancellationToken);
        }

        _secondStart = time.GetTimestamp();
        _messages = 0;
    }

    private async Task<CloseReason?> ReadMessageAsync(WebSocketMessageType type, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        try
        {
            var length = 0;
            while (true)
            {
                var receive = socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken).AsTask();
                if (!receive.IsCompleted && !await EndsWithinAsync(receive, MessageTime - time.GetElapsedTime(begun)))
                {
                    HasPendingRead = true;
                    buffer = []; // the abandoned read still writes into it, so it cannot go back to the pool
                    return new CloseReason(CloseCode.Unfinished);
                }

                var result = await receive;
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    return null;
                }

                length += result.Count;
                if (length > MaxMessageBytes)
                {
                    return new CloseReason(CloseCode.TooLong);
                }

                if (result.EndOfMessage)
                {
                    break;
                }

                if (length == buffer.Length)
                {
                    buffer = Grow(buffer);
                }
            }

            return await handler.OnMessageAsync(type, buffer.AsMemory(0, length), cancellationToken);
        }
        finally
        {
            if (buffer.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private async Task<bool> EndsWithinAsync(Task pending, TimeSpan left)
    {
        try
        {
            await pending.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, CancellationToken.None);
        }
        catch (TimeoutException) when (!pending.IsCompleted)
        {
            // The connection is cut next; what the read says then is of no interest, but must be looked at.
            _ = pending.ContinueWith(task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            return false;
        }

        return true;
    }

    private static byte[] Grow(byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(buffer.Length * 4, MaxMessageBytes + 1));
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
