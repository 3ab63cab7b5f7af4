namespace Flux.Core.Namespaces;

/// <summary>What a silo may spend of a namespace's rate, for <see cref="SharedTokenBucket.LeaseDuration"/>.</summary>
/// <param name="Granted">The events, on top of those that it holds; 0 when none are left.</param>
/// <param name="MostLeft">What is left in the bucket, at most.</param>
[GenerateSerializer, Immutable, Alias("flux.rate-lease")]
public sealed record RateLease([property: Id(0)] int Granted, [property: Id(1)] int MostLeft);
