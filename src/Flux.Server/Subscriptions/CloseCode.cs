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

    /// <summary>4401: the token with which the socket was opened works no longer; the text says why. Get another one before reconnecting: without it only what
    /// is open is to be seen.</summary>
    public const WebSocketCloseStatus TokenEnded = (WebSocketCloseStatus)4401;

    /// <summary>4403: the namespace of the token with which the socket was opened was deleted or banned; the text says which. Its owner has to talk to the
    /// operator; reconnecting without the token shows what is open.</summary>
    public const WebSocketCloseStatus NamespaceClosed = (WebSocketCloseStatus)4403;

    /// <summary>4400: 100 messages in a row were refused. Mend the client before it reconnects.</summary>
    public const WebSocketCloseStatus TooManyRefusals = (WebSocketCloseStatus)4400;

    /// <summary>1008: six tokens in a row did not work.</summary>
    public const WebSocketCloseStatus TooManyTokens = WebSocketCloseStatus.PolicyViolation;

    /// <summary>4408: the client read too slowly and had asked to be disconnected then. Reconnect, and resume with the last cursor.</summary>
    public const WebSocketCloseStatus TooSlow = (WebSocketCloseStatus)4408;

    // Given by the platform's WebSocket itself: 1002 for frames against the protocol, 1007 for text that is not UTF-8.
}
