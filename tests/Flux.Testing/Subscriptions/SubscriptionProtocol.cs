namespace Flux.Testing.Subscriptions;

/// <summary>How a subscription is spoken.</summary>
internal enum SubscriptionProtocol
{
    /// <summary>A socket that offered <c>flux.v2</c>.</summary>
    Socket,

    /// <summary>Server-sent events.</summary>
    ServerSentEvents,
}
