using System.Net.WebSockets;

namespace Flux.Server.Subscriptions;

/// <summary>Why the server ends a socket. A client that wants to go on reconnects after each of them unless it says otherwise here.</summary>
internal static class CloseCode
{
    /// <summary>1001: this server is shutting down. Reconnect, to another one if there is one.</summary>
    public const WebSocketCloseStatus GoingAway = WebSocketCloseStatus.EndpointUnavailable;

    /// <summary>1008: a message was begun and not finished within a minute. Mend the client before it reconnects.</summary>
    public const WebSocketCloseStatus Unfinished = WebSocketCloseStatus.PolicyViolation;

    /// <summary>1009: a message was longer than 1 MiB. Mend the client before it reconnects.</summary>
    public const WebSocketCloseStatus TooLong = WebSocketCloseStatus.MessageTooBig;

    /// <summary>
    /// 4403: the token with which the socket was opened works no longer; the text says why. Get another token before reconnecting: with this one, or
    /// without any, only what is open is to be seen.
    /// </summary>
    public const WebSocketCloseStatus TokenEnded = (WebSocketCloseStatus)4403;

    // Given by the platform's WebSocket itself: 1002 for frames against the protocol, 1007 for text that is not UTF-8.
}
