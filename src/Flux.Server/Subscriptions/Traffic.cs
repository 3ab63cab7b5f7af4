namespace Flux.Server.Subscriptions;

/// <summary>The sockets of a moment, and what passed.</summary>
internal sealed record Traffic(Connection[] Connections, long Applied, double Rate, int Publishers);
