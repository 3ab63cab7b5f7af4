namespace Flux.Core.Claims;

/// <summary>A claim with the key that it is on.</summary>
/// <param name="Key">The key; null for the entity as a whole.</param>
/// <param name="Claim">The claim.</param>
[GenerateSerializer, Immutable, Alias("flux.keyed-claim")]
public sealed record KeyedClaim([property: Id(0)] string? Key, [property: Id(1)] EntityClaim Claim);
