using Flux.Core.Expressions;

namespace Flux.Core.Tests.Expressions.Conformance;

/// <summary>The variables that a test binds.</summary>
internal sealed class ConformanceVariables(CelValue[] values) : IVariableSource
{
    /// <summary>A variable that was declared and not bound: any use of it is an error.</summary>
    public static readonly CelValue Unbound = Expression.CompileUnchecked("unbound", VariableSet.Empty).Evaluate(NoVariables.Instance);

    public CelValue GetVariable(int index) => values[index];
}
