using Flux.Core.Expressions;
using Flux.Core.Subscriptions;

namespace Flux.Server.Subscriptions.V2;

/// <summary>What a client asks for with a subscription.</summary>
/// <param name="Scope">Which entities.</param>
/// <param name="Start">Where it begins.</param>
/// <param name="Where">Which of their changes; null for all.</param>
/// <param name="Slow">What happens when the client reads too slowly.</param>
/// <param name="WantsProgress">Whether it gets progress frames.</param>
internal sealed record SubscribeRequest(Scope Scope, StartPoint Start, Predicate? Where, SlowMode Slow, bool WantsProgress);
