namespace Flux.Core.Expressions;

/// <summary>Gives the variables of an expression while it is evaluated.</summary>
public interface IVariableSource
{
    /// <summary>Gives a variable.</summary>
    /// <param name="index">Its place in the <see cref="VariableSet"/> that the expression was compiled against.</param>
    /// <returns>Its value; an error when there is none.</returns>
    CelValue GetVariable(int index);
}
