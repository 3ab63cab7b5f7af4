using System.Net.WebSockets;

namespace Flux.Server.Subscriptions;

/// <summary>Obeys what a socket's client sends, one message at a time.</summary>
internal interface IMessageHandler
{
    /// <summary>Obeys a message.</summary>
    /// <param name="type">Text or binary.</param>
    /// <param name="message">Its bytes; they are the caller's again afterwards.</param>
    /// <param name="cancellationToken">The socket has gone.</param>
    /// <returns>With what to close the socket; null to go on.</returns>
    ValueTask<CloseReason?> OnMessageAsync(WebSocketMessageType type, ReadOnlyMemory<byte> message, CancellationToken cancellationToken);
}
