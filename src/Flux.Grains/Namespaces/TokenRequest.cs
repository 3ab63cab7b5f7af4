using Flux.Core.Namespaces;

namespace Flux.Grains.Namespaces;

/// <summary>What a new token is to be.</summary>
/// <param name="Scope">What its holder may do.</param>
/// <param name="Label">What its owner calls it.</param>
/// <param name="EntityPrefix">What the ids must begin with that it opens; null for all of the namespace.</param>
/// <param name="Lifetime">How long it works; null for ever.</param>
[GenerateSerializer, Immutable, Alias("flux.token-request")]
public sealed record TokenRequest(
    [property: Id(0)] TokenScope Scope, [property: Id(1)] string Label, [property: Id(2)] string? EntityPrefix, [property: Id(3)] TimeSpan? Lifetime);
