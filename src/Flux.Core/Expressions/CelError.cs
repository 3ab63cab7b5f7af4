namespace Flux.Core.Expressions;

/// <summary>Why an evaluation gave no value.</summary>
public sealed class CelError
{
    internal static readonly CelError NoSuchOverload = new("no such overload");
    internal static readonly CelError IntRange = new("the result is beyond the range of int");
    internal static readonly CelError UintRange = new("the result is beyond the range of uint");
    internal static readonly CelError DurationRange = new("the result is beyond the range of durations (292 years)");
    internal static readonly CelError TimestampRange = new("the result is beyond the range of timestamps (the years 1 to 9999)");
    internal static readonly CelError DivisionByZero = new("division by zero");
    internal static readonly CelError ModulusByZero = new("modulus by zero");
    internal static readonly CelError IndexRange = new("the index is out of range");
    internal static readonly CelError KeyType = new("a key must be a bool, an int, a uint or a string");
    internal static readonly CelError RepeatedKey = new("a key is there twice");
    internal static readonly CelError InvalidUtf8 = new("the bytes are not valid UTF-8");
    internal static readonly CelError InvalidPattern = new("the pattern is not a regular expression that is supported, or too long");
    internal static readonly CelError InvalidFormat = new("the text does not have the form of the wanted type");
    internal static readonly CelError InvalidTimeZone = new("there is no such time zone");
    internal static readonly CelError InvalidArgument = new("the argument is not one that this function takes");

    /// <summary>The evaluation took more steps than it was given.</summary>
    internal static readonly CelError Cost = new("the evaluation is too costly");

    internal CelError(string message) => Message = message;

    /// <summary>Gets what went wrong, in words.</summary>
    public string Message { get; }

    /// <summary>Gets a value indicating whether the evaluation was ended because it took too many steps.</summary>
    public bool IsTooCostly => ReferenceEquals(this, Cost);

    internal static CelError NoSuchKey(string name) => new($"no such key: {Events.Shown.Cut(name)}");
}
