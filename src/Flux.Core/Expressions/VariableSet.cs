namespace Flux.Core.Expressions;

/// <summary>The variables that an expression may name, with their types. It never changes.</summary>
public sealed class VariableSet
{
    /// <summary>No variables.</summary>
    public static readonly VariableSet Empty = new([]);

    private readonly (string Name, CelType Type)[] _variables;

    private VariableSet((string Name, CelType Type)[] variables) => _variables = variables;

    /// <summary>Gets how many there are.</summary>
    public int Count => _variables.Length;

    /// <summary>Makes the set with one more variable. Its index is <see cref="Count"/> of this one.</summary>
    /// <param name="name">The name; it may be qualified, such as <c>request.path</c>.</param>
    /// <param name="type">The type.</param>
    /// <returns>The new set.</returns>
    public VariableSet With(string name, CelType type) => new([.. _variables, (name, type)]);

    /// <summary>Finds a variable.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Its place; -1 when there is none.</returns>
    public int IndexOf(string name) => Array.FindIndex(_variables, v => string.Equals(v.Name, name, StringComparison.Ordinal));

    internal CelType TypeOf(int index) => _variables[index].Type;
}
