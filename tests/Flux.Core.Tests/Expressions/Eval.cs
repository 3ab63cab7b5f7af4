using Flux.Core.Expressions;

namespace Flux.Core.Tests.Expressions;

/// <summary>Evaluates texts with variables of any type.</summary>
internal static class Eval
{
    public static CelValue Of(string text, params (string Name, CelValue Value)[] variables)
    {
        var declared = variables.Aggregate(VariableSet.Empty, (set, variable) => set.With(variable.Name, CelType.Dyn));
        return Expression.Compile(text, declared).Evaluate(new Conformance.ConformanceVariables([.. variables.Select(v => v.Value)]));
    }
}
