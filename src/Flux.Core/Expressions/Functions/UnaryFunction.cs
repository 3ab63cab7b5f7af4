using Flux.Core.Expressions.Evaluation;

namespace Flux.Core.Expressions.Functions;

/// <summary>A function of one value, which is not an error.</summary>
internal delegate CelValue UnaryFunction(in CelValue value, ref Frame frame);
