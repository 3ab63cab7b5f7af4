namespace Flux.Client;

/// <summary>What may be expected of a connection at a moment, and so what its silence means.</summary>
internal enum WatchMode
{
    /// <summary>Nobody asked for proof of life: pings show now and then whether the connection is still there.</summary>
    Idle,

    /// <summary>The server has a message to answer, for which it may have to wait for the log.</summary>
    Asked,

    /// <summary>Subscriptions catch up: the server may read far without a match. It answers pings meanwhile.</summary>
    CatchingUp,

    /// <summary>
    /// A live subscription has proof of life at least once a second. A pong proves nothing: the feed may be dead behind a living socket.
    /// </summary>
    Live,
}
