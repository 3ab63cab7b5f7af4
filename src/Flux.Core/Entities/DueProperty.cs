using Flux.Core.Log;

namespace Flux.Core.Entities;

/// <summary>A property that becomes due.</summary>
/// <param name="Name">Its name.</param>
/// <param name="At">When.</param>
[GenerateSerializer, Immutable, Alias("flux.due-property")]
public readonly record struct DueProperty([property: Id(0)] string Name, [property: Id(1)] Timestamp At);
