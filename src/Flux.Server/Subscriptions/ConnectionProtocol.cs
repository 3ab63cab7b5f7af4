namespace Flux.Server.Subscriptions;

/// <summary>What the client of a connection speaks.</summary>
internal enum ConnectionProtocol
{
    /// <summary>A WebSocket without a subprotocol: it gets everything from the start, and its messages are not answered.</summary>
    Classic,

    /// <summary>A WebSocket with the subprotocol flux.v2.</summary>
    Newer,

    /// <summary>Server-sent events: one subscription over HTTP.</summary>
    EventStream,
}
