using Flux.Core.Log;

namespace Flux.Grains.Entities;

/// <summary>What became of one event among several: a result, or the failure of the log.</summary>
/// <param name="Result">The result, unless the log failed.</param>
/// <param name="Failure">How the log failed.</param>
[GenerateSerializer, Immutable, Alias("flux.append-outcome")]
public sealed record AppendOutcome([property: Id(0)] AppendResult? Result, [property: Id(1)] Exception? Failure);
