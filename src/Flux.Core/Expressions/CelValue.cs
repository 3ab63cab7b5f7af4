using System.Diagnostics;

namespace Flux.Core.Expressions;

/// <summary>A value of the expression language; also the error that stands where no value came about.</summary>
/// <remarks>Numbers, booleans and times need no memory of their own, so that an ordinary predicate is judged without allocating.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
public readonly struct CelValue
{
    /// <summary>The value <c>null</c>.</summary>
    public static readonly CelValue Null;

    /// <summary>The value <c>true</c>.</summary>
    public static readonly CelValue True = new(CelKind.Bool, 1);

    /// <summary>The value <c>false</c>.</summary>
    public static readonly CelValue False = new(CelKind.Bool, 0);

    private readonly object? _object;
    private readonly long _number;

    private CelValue(CelKind kind, long number, int nanoseconds = 0)
    {
        (Kind, _number, Nanoseconds) = (kind, number, nanoseconds);
    }

    private CelValue(CelKind kind, object reference)
    {
        (Kind, _object) = (kind, reference);
    }

    /// <summary>Gets what the value is. It decides which of the other members may be read.</summary>
    public CelKind Kind { get; }

    /// <summary>Gets a value indicating whether this is an error and no value.</summary>
    public bool IsError => Kind == CelKind.Error;

    /// <summary>Gets a value indicating whether this is <c>true</c>.</summary>
    public bool IsTrue => Kind == CelKind.Bool && _number != 0;

    /// <summary>Gets a value indicating whether this is <c>false</c>.</summary>
    public bool IsFalse => Kind == CelKind.Bool && _number == 0;

    /// <summary>Gets a whole number.</summary>
    public long Int => _number;

    /// <summary>Gets a whole number without a sign.</summary>
    public ulong Uint => (ulong)_number;

    /// <summary>Gets a double.</summary>
    public double Double => BitConverter.Int64BitsToDouble(_number);

    /// <summary>Gets a text.</summary>
    public string String => (string)_object!;

    /// <summary>Gets a row of bytes. Nobody may change it.</summary>
    public byte[] Bytes => (byte[])_object!;

    /// <summary>Gets a list.</summary>
    public CelList List => (CelList)_object!;

    /// <summary>Gets a map.</summary>
    public CelMap Map => (CelMap)_object!;

    /// <summary>Gets a value with declared members.</summary>
    public CelRecord Record => (CelRecord)_object!;

    /// <summary>Gets a type's name, such as <c>int</c> or <c>google.protobuf.Timestamp</c>.</summary>
    public string TypeName => (string)_object!;

    /// <summary>Gets why there is no value.</summary>
    public CelError Error => (CelError)_object!;

    /// <summary>Gets a timestamp's seconds since 1970-01-01T00:00:00Z, rounded down.</summary>
    public long Seconds => _number;

    /// <summary>Gets a timestamp's nanoseconds beyond <see cref="Seconds"/>.</summary>
    public int Nanoseconds { get; }

    /// <summary>Gets a duration in nanoseconds.</summary>
    public long Duration => _number;

    /// <summary>Makes a boolean.</summary>
    /// <param name="value">The boolean.</param>
    /// <returns>The value.</returns>
    public static CelValue Of(bool value) => new(CelKind.Bool, value ? 1 : 0);

    /// <summary>Makes a whole number.</summary>
    /// <param name="value">The number.</param>
    /// <returns>The value.</returns>
    public static CelValue Of(long value) => new(CelKind.Int, value);

    /// <summary>Makes a whole number without a sign.</summary>
    /// <param name="value">The number.</param>
    /// <returns>The value.</returns>
    public static CelValue Of(ulong value) => new(CelKind.Uint, (long)value);

    /// <summary>Makes a double.</summary>
    /// <param name="value">The number.</param>
    /// <returns>The value.</returns>
    public static CelValue Of(double value) => new(CelKind.Double, BitConverter.DoubleToInt64Bits(value));

    /// <summary>Makes a text.</summary>
    /// <param name="value">The text.</param>
    /// <returns>The value.</returns>
    public static CelValue Of(string value) => new(CelKind.String, value);

    /// <summary>Makes a row of bytes.</summary>
    /// <param name="value">The bytes. They are kept, not copied: nobody may change them.</param>
    /// <returns>The value.</returns>
    public static CelValue Of(byte[] value) => new(CelKind.Bytes, value);

    /// <summary>Makes a list.</summary>
    /// <param name="value">The list.</param>
    /// <returns>The value.</returns>
    public static CelValue Of(CelList value) => new(CelKind.List, value);

    /// <summary>Makes a map.</summary>
    /// <param name="value">The map.</param>
    /// <returns>The value.</returns>
    public static CelValue Of(CelMap value) => new(CelKind.Map, value);

    /// <summary>Makes a value with declared members.</summary>
    /// <param name="value">The members.</param>
    /// <returns>The value.</returns>
    public static CelValue Of(CelRecord value) => new(CelKind.Record, value);

    /// <summary>Makes a type.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The value.</returns>
    public static CelValue OfType(string name) => new(CelKind.Type, name);

    /// <summary>Makes a duration.</summary>
    /// <param name="nanoseconds">Its nanoseconds.</param>
    /// <returns>The value.</returns>
    public static CelValue OfDuration(long nanoseconds) => new(CelKind.Duration, nanoseconds);

    /// <summary>Makes a timestamp.</summary>
    /// <param name="seconds">Seconds since 1970-01-01T00:00:00Z.</param>
    /// <param name="nanoseconds">Nanoseconds beyond them, from 0 to 999,999,999.</param>
    /// <returns>The value; an error when it lies outside the years 1 to 9999.</returns>
    public static CelValue OfTimestamp(long seconds, int nanoseconds) =>
        seconds is < CelTime.FirstSecond or > CelTime.LastSecond
            ? Of(CelError.TimestampRange)
            : new CelValue(CelKind.Timestamp, seconds, nanoseconds);

    /// <summary>Makes the error that stands where a value was wanted.</summary>
    /// <param name="error">What went wrong.</param>
    /// <returns>The error.</returns>
    public static CelValue Of(CelError error) => new(CelKind.Error, error);

    /// <summary>Says whether two values are equal as the language sees it: numbers by value, whatever their type.</summary>
    /// <param name="other">The other value.</param>
    /// <returns>True when they are equal; not a number equals nothing.</returns>
    public bool IsEqualTo(in CelValue other)
    {
        var steps = int.MaxValue;
        return CelEquality.AreEqual(this, other, ref steps);
    }

    /// <inheritdoc/>
    public override string ToString() => CelText.Show(this);
}
