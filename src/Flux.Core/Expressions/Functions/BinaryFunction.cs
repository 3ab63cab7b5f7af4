using Flux.Core.Expressions.Evaluation;

namespace Flux.Core.Expressions.Functions;

/// <summary>A function of two values, none of which is an error.</summary>
internal delegate CelValue BinaryFunction(in CelValue left, in CelValue right, ref Frame frame);
