namespace Flux.Core.Expressions;

/// <summary>A type of the expression language, as the checker sees it.</summary>
public sealed class CelType
{
    /// <summary>Anything: it is decided when the expression is evaluated.</summary>
    public static readonly CelType Dyn = new(CelTypeKind.Dyn, "dyn");

    /// <summary>The type of <c>null</c>.</summary>
    public static readonly CelType Null = new(CelTypeKind.Null, "null_type");

    /// <summary>Booleans.</summary>
    public static readonly CelType Bool = new(CelTypeKind.Bool, "bool");

    /// <summary>Whole numbers.</summary>
    public static readonly CelType Int = new(CelTypeKind.Int, "int");

    /// <summary>Whole numbers without a sign.</summary>
    public static readonly CelType Uint = new(CelTypeKind.Uint, "uint");

    /// <summary>Doubles.</summary>
    public static readonly CelType Double = new(CelTypeKind.Double, "double");

    /// <summary>Texts.</summary>
    public static readonly CelType String = new(CelTypeKind.String, "string");

    /// <summary>Rows of bytes.</summary>
    public static readonly CelType Bytes = new(CelTypeKind.Bytes, "bytes");

    /// <summary>Timestamps.</summary>
    public static readonly CelType Timestamp = new(CelTypeKind.Timestamp, "google.protobuf.Timestamp");

    /// <summary>Durations.</summary>
    public static readonly CelType Duration = new(CelTypeKind.Duration, "google.protobuf.Duration");

    private CelType(CelTypeKind kind, string name, params CelType[] parameters)
    {
        (Kind, Name, Parameters, Members) = (kind, name, parameters, []);
    }

    private CelType(string name, IReadOnlyList<(string Name, CelType Type)> members)
    {
        (Kind, Name, Parameters, Members) = (CelTypeKind.Record, name, [], members);
    }

    /// <summary>Gets the kind of type.</summary>
    public CelTypeKind Kind { get; }

    /// <summary>Gets the type's name without its parameters.</summary>
    public string Name { get; }

    /// <summary>Gets the type of a list's items; of a map's keys and values; of what a type is the type of.</summary>
    public IReadOnlyList<CelType> Parameters { get; }

    /// <summary>Gets the members of a record, in the order of their declaration.</summary>
    public IReadOnlyList<(string Name, CelType Type)> Members { get; }

    /// <summary>Makes a type of lists.</summary>
    /// <param name="item">The type of the items.</param>
    /// <returns>The type.</returns>
    public static CelType List(CelType item) => new(CelTypeKind.List, "list", item);

    /// <summary>Makes a type of maps.</summary>
    /// <param name="key">The type of the keys.</param>
    /// <param name="value">The type of the values.</param>
    /// <returns>The type.</returns>
    public static CelType Map(CelType key, CelType value) => new(CelTypeKind.Map, "map", key, value);

    /// <summary>Makes a type with declared members. Asking for another one is an error of the text.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="members">Its members.</param>
    /// <returns>The type.</returns>
    public static CelType Record(string name, params (string Name, CelType Type)[] members) => new(name, members);

    /// <summary>Makes the type of a type.</summary>
    /// <param name="of">What it is the type of.</param>
    /// <returns>The type.</returns>
    public static CelType TypeOf(CelType of) => new(CelTypeKind.Type, "type", of);

    /// <inheritdoc/>
    public override string ToString() => Parameters.Count == 0 ? Name : $"{Name}({string.Join(", ", Parameters)})";

    /// <summary>Makes a type that is not known yet, or a parameter of a function's signature.</summary>
    internal static CelType Variable(string name) => new(CelTypeKind.Variable, name);

    /// <summary>Makes the same type with other parameters.</summary>
    internal CelType With(CelType[] parameters) => new(Kind, Name, parameters);

    /// <summary>Finds a member of a record.</summary>
    /// <returns>Its place; -1 when there is none.</returns>
    internal int IndexOfMember(string name)
    {
        for (var i = 0; i < Members.Count; i++)
        {
            if (string.Equals(Members[i].Name, name, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }
}
