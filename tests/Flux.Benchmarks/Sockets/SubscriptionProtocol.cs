namespace Flux.Benchmarks.Sockets;

/// <summary>What is spoken on a socket.</summary>
internal enum SubscriptionProtocol
{
    /// <summary>The original's: one frame for each property, and no answers.</summary>
    Classic,

    /// <summary>The subprotocol <c>flux.v2</c>: one frame for each event, with a cursor.</summary>
    Newer,
}
