namespace Flux.Core.Expressions;

/// <summary>The kinds of types of the expression language.</summary>
public enum CelTypeKind
{
    /// <summary>Anything: decided when the expression is evaluated.</summary>
    Dyn,

    /// <summary>The type of <c>null</c>.</summary>
    Null,

    /// <summary>Booleans.</summary>
    Bool,

    /// <summary>Whole numbers.</summary>
    Int,

    /// <summary>Whole numbers without a sign.</summary>
    Uint,

    /// <summary>Doubles.</summary>
    Double,

    /// <summary>Texts.</summary>
    String,

    /// <summary>Rows of bytes.</summary>
    Bytes,

    /// <summary>Timestamps.</summary>
    Timestamp,

    /// <summary>Durations.</summary>
    Duration,

    /// <summary>Lists.</summary>
    List,

    /// <summary>Maps.</summary>
    Map,

    /// <summary>Values with declared members.</summary>
    Record,

    /// <summary>Types.</summary>
    Type,

    /// <summary>A type that is not known yet.</summary>
    Variable,
}
