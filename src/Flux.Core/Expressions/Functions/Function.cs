using Flux.Core.Expressions.Evaluation;

namespace Flux.Core.Expressions.Functions;

/// <summary>A function of any number of values; none of them is an error.</summary>
internal delegate CelValue Function(ReadOnlySpan<CelValue> arguments, ref Frame frame);
