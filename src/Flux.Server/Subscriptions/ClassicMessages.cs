using System.Net.WebSockets;

namespace Flux.Server.Subscriptions;

/// <summary>Obeys the client of a classic socket, which is never answered. Source: wire-contract section 15.</summary>
internal sealed class ClassicMessages(Connection connection, ChangeDispatcher dispatcher) : IMessageHandler
{
    /// <inheritdoc/>
    public ValueTask<CloseReason?> OnMessageAsync(WebSocketMessageType type, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (type == WebSocketMessageType.Text && ClientMessage.TryParse(message.Span, out var request))
        {
            if (request.IsSubscribe)
            {
                dispatcher.Subscribe(connection, request.Pattern);
            }
            else
            {
                dispatcher.Unsubscribe(connection, request.Pattern);
            }
        }

        return default;
    }
}
