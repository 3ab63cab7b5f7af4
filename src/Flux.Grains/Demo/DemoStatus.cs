namespace Flux.Grains.Demo;

/// <summary>How the demo world stands.</summary>
/// <param name="IsThere">Whether it has entities; one that has ended leaves them.</param>
/// <param name="EndsAt">When it ends by itself; null when it does not run.</param>
[GenerateSerializer, Immutable, Alias("flux.demo-status")]
public sealed record DemoStatus([property: Id(0)] bool IsThere, [property: Id(1)] DateTimeOffset? EndsAt);
