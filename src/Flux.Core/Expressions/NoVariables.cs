namespace Flux.Core.Expressions;

/// <summary>The variables of an expression that names none.</summary>
public sealed class NoVariables : IVariableSource
{
    /// <summary>The only one.</summary>
    public static readonly NoVariables Instance = new();

    private NoVariables()
    {
    }

    /// <inheritdoc/>
    public CelValue GetVariable(int index) => CelValue.Of(CelError.NoSuchOverload);
}
