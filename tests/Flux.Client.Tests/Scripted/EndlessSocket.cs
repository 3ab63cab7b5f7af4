using System.Globalization;
using System.Net.WebSockets;
using System.Text;

namespace Flux.Client.Tests.Scripted;

/// <summary>The client's end of a socket on which a subscription was accepted and progress comes as fast as it is read. It counts the reads.</summary>
internal sealed class EndlessSocket : WebSocket
{
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _reads;

    public int Reads => Volatile.Read(ref _reads);

    public override WebSocketCloseStatus? CloseStatus => null;

    public override string? CloseStatusDescription => null;

    public override WebSocketState State => _aborted.Task.IsCompleted ? WebSocketState.Aborted : WebSocketState.Open;

    public override string? SubProtocol => "flux.v2";

    public override void Abort() => _aborted.TrySetResult();

    public override ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_aborted.Task.IsCompleted)
        {
            throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely);
        }

        var position = Interlocked.Increment(ref _reads);
        var length = Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $$"""{"type":"progress","sub":"s1","position":{{position}},"cursor":"c{{position}}"}"""), buffer.Span);
        return new(new ValueWebSocketReceiveResult(length, WebSocketMessageType.Text, endOfMessage: true));
    }

    public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
        throw new NotSupportedException("a client closes its half only");

    public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken) =>
        throw new NotSupportedException("a client reads into memory");

    public override void Dispose() => Abort();
}
