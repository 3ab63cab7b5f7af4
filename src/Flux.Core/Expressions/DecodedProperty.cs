namespace Flux.Core.Expressions;

/// <summary>A property that was decoded, and those decoded before it.</summary>
internal sealed record DecodedProperty(string Name, CelValue Value, int Cost, DecodedProperty? Next);
