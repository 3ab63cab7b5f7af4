namespace Flux.Core.Events;

/// <summary>How long a property keeps the value that an event gives it.</summary>
/// <param name="Name">The property.</param>
/// <param name="Seconds">The time after which it becomes null.</param>
[GenerateSerializer, Immutable, Alias("flux.property-ttl")]
public readonly record struct PropertyTtl([property: Id(0)] string Name, [property: Id(1)] long Seconds);
