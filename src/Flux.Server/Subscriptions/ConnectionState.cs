namespace Flux.Server.Subscriptions;

/// <summary>How a socket gets its changes.</summary>
internal enum ConnectionState
{
    /// <summary>As they are dispatched.</summary>
    Live,

    /// <summary>From the log, at its own pace.</summary>
    Lagging,

    /// <summary>The last ones from the log; what is dispatched meanwhile is kept for it.</summary>
    Joining,
}
