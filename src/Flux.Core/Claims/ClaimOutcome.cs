using Flux.Core.Log;

namespace Flux.Core.Claims;

/// <summary>What became of a request for a claim.</summary>
/// <param name="Result">What became of its event; null when there is none, because the request was refused.</param>
/// <param name="Claim">The claim as it is now: the requester's when it was granted, else that of who has it; null when nobody has it.</param>
[GenerateSerializer, Immutable, Alias("flux.claim-outcome")]
public sealed record ClaimOutcome([property: Id(0)] AppendResult? Result, [property: Id(1)] EntityClaim? Claim);
