namespace Flux.Core.Expressions;

/// <summary>What a value of the expression language is.</summary>
public enum CelKind
{
    /// <summary>The value <c>null</c>.</summary>
    Null,

    /// <summary>True or false.</summary>
    Bool,

    /// <summary>A whole number of 64 bits.</summary>
    Int,

    /// <summary>A whole number of 64 bits without a sign.</summary>
    Uint,

    /// <summary>A double; every JSON number is one.</summary>
    Double,

    /// <summary>A text.</summary>
    String,

    /// <summary>A row of bytes.</summary>
    Bytes,

    /// <summary>A moment between the years 1 and 9999, in nanoseconds.</summary>
    Timestamp,

    /// <summary>A span of time in nanoseconds, of up to 292 years.</summary>
    Duration,

    /// <summary>A list.</summary>
    List,

    /// <summary>A map; an object of JSON is one with texts as keys.</summary>
    Map,

    /// <summary>A value with declared members.</summary>
    Record,

    /// <summary>A type, as <c>type(1)</c> gives it.</summary>
    Type,

    /// <summary>No value: the evaluation failed.</summary>
    Error,
}
