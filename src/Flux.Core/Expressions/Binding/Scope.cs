using Flux.Core.Expressions.Evaluation;

namespace Flux.Core.Expressions.Binding;

/// <summary>The names that an expression may use at a place: variables, those of the macros around it, and types.</summary>
/// <param name="variables">The declared variables.</param>
/// <param name="isChecked">False when their types do not matter.</param>
internal sealed class Scope(VariableSet variables, bool isChecked)
{
    private static readonly Dictionary<string, CelType> TypeNames = new CelType[]
    {
        CelType.Bool, CelType.Int, CelType.Uint, CelType.Double, CelType.String, CelType.Bytes, CelType.Null, CelType.Timestamp,
        CelType.Duration,
        CelType.List(CelType.Dyn), CelType.Map(CelType.Dyn, CelType.Dyn), CelType.TypeOf(CelType.Dyn),
    }.ToDictionary(type => type.Name, StringComparer.Ordinal);

    private readonly List<(string Name, CelType Type)> _locals = [];

    /// <summary>Gets how many variables of macros are in use at once, at most.</summary>
    public int LocalCount { get; private set; }

    /// <summary>Gets which of the declared variables are named.</summary>
    public bool[] Uses { get; } = new bool[variables.Count];

    /// <summary>Gets how many variables of macros are in use here.</summary>
    public int Depth => _locals.Count;

    public CelType TypeOf(int slot) => _locals[slot].Type;

    public bool IsLocal(string name) => _locals.Exists(local => string.Equals(local.Name, name, StringComparison.Ordinal));

    /// <summary>Enters a variable of a macro; its slot is the <see cref="Depth"/> before.</summary>
    public void Declare(string name, CelType type)
    {
        _locals.Add((name, type));
        LocalCount = Math.Max(LocalCount, _locals.Count);
    }

    /// <summary>Leaves a macro.</summary>
    /// <param name="depth">The <see cref="Depth"/> before it.</param>
    public void Leave(int depth) => _locals.RemoveRange(depth, _locals.Count - depth);

    /// <summary>Finds what a name stands for.</summary>
    /// <param name="name">The name, possibly qualified.</param>
    /// <param name="isAbsolute">Whether variables of macros do not count.</param>
    /// <returns>Null when it is not declared.</returns>
    public Bound? Find(string name, bool isAbsolute)
    {
        for (var slot = _locals.Count - 1; slot >= 0 && !isAbsolute; slot--)
        {
            if (string.Equals(_locals[slot].Name, name, StringComparison.Ordinal))
            {
                return new Bound(_locals[slot].Type, new LocalNode(slot));
            }
        }

        var index = variables.IndexOf(name);
        if (index >= 0)
        {
            Uses[index] = true;
            return new Bound(isChecked ? variables.TypeOf(index) : CelType.Dyn, new VariableNode(index));
        }

        return TypeNames.TryGetValue(name, out var type)
            ? new Bound(CelType.TypeOf(type), new ConstantNode(CelValue.OfType(type.Name)))
            : null;
    }
}
