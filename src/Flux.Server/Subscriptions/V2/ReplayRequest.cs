namespace Flux.Server.Subscriptions.V2;

/// <summary>What a client asks for with a replay.</summary>
/// <param name="Subscription">Which changes, and where it begins.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Speed">How much faster than it was; null for as fast as the client reads.</param>
/// <param name="MaxIdle">The longest silence between changes; null for as long as it was.</param>
/// <param name="IsPaused">Whether it begins paused.</param>
internal sealed record ReplayRequest(SubscribeRequest Subscription, ReplayEnd End, double? Speed, TimeSpan? MaxIdle, bool IsPaused);
