using System.Globalization;
using System.Text;
using Flux.Core.Expressions.Evaluation;

namespace Flux.Core.Expressions.Functions;

/// <summary>The functions that make a value of one type from one of another.</summary>
internal static class Conversions
{
    private static readonly CelValue NoSuchOverload = CelValue.Of(CelError.NoSuchOverload);
    private static readonly CelValue Cost = CelValue.Of(CelError.Cost);
    private static readonly CelValue InvalidFormat = CelValue.Of(CelError.InvalidFormat);
    private static readonly CelValue IntRange = CelValue.Of(CelError.IntRange);
    private static readonly CelValue UintRange = CelValue.Of(CelError.UintRange);

    public static CelValue ToInt(in CelValue value, ref Frame frame)
    {
        switch (value.Kind)
        {
            case CelKind.Int:
                return value;
            case CelKind.Uint:
                return value.Uint > long.MaxValue ? IntRange : CelValue.Of((long)value.Uint);
            case CelKind.Double:
                // Both ends are open: the doubles there stand for numbers on either side of the range.
                return value.Double is > -9223372036854775808.0 and < 9223372036854775808.0 ? CelValue.Of((long)value.Double) : IntRange;
            case CelKind.Timestamp:
                return CelValue.Of(value.Seconds);
            case CelKind.Duration:
                return CelValue.Of(value.Duration / CelTime.NanosecondsPerSecond);
            case CelKind.String when !frame.TakeText(value.String.Length):
                return Cost;
            case CelKind.String:
                return long.TryParse(value.String, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                    ? CelValue.Of(number)
                    : InvalidFormat;
            default:
                return NoSuchOverload;
        }
    }

    public static CelValue ToUint(in CelValue value, ref Frame frame)
    {
        switch (value.Kind)
        {
            case CelKind.Uint:
                return value;
            case CelKind.Int:
                return value.Int < 0 ? UintRange : CelValue.Of((ulong)value.Int);
            case CelKind.Double:
                return value.Double is >= 0 and < 18446744073709551616.0 ? CelValue.Of((ulong)value.Double) : UintRange;
            case CelKind.String when !frame.TakeText(value.String.Length):
                return Cost;
            case CelKind.String:
                return ulong.TryParse(value.String, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    ? CelValue.Of(number)
                    : InvalidFormat;
            default:
                return NoSuchOverload;
        }
    }

    public static CelValue ToDouble(in CelValue value, ref Frame frame)
    {
        switch (value.Kind)
        {
            case CelKind.Double:
                return value;
            case CelKind.Int:
                return CelValue.Of((double)value.Int);
            case CelKind.Uint:
                return CelValue.Of((double)value.Uint);
            case CelKind.String when !frame.TakeText(value.String.Length):
                return Cost;
            case CelKind.String:
                const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
                return value.String switch
                {
                    "NaN" => CelValue.Of(double.NaN),
                    "Inf" or "+Inf" or "Infinity" => CelValue.Of(double.PositiveInfinity),
                    "-Inf" or "-Infinity" => CelValue.Of(double.NegativeInfinity),
                    _ => double.TryParse(value.String, Styles, CultureInfo.InvariantCulture, out var number) ? CelValue.Of(number) : InvalidFormat,
                };
            default:
                return NoSuchOverload;
        }
    }

    public static CelValue ToBool(in CelValue value, ref Frame frame) => value.Kind switch
    {
        CelKind.Bool => value,
        CelKind.String => value.String switch
        {
            "1" or "t" or "T" or "true" or "TRUE" or "True" => CelValue.True,
            "0" or "f" or "F" or "false" or "FALSE" or "False" => CelValue.False,
            _ => InvalidFormat,
        },
        _ => NoSuchOverload,
    };

    public static CelValue ToText(in CelValue value, ref Frame frame) =>
        value.Kind == CelKind.Bytes && !frame.TakeText(value.Bytes.Length) ? Cost : CelText.ToText(value);

    public static CelValue ToBytes(in CelValue value, ref Frame frame) => value.Kind switch
    {
        CelKind.Bytes => value,
        CelKind.String => frame.TakeText(value.String.Length) ? CelValue.Of(Encoding.UTF8.GetBytes(value.String)) : Cost,
        _ => NoSuchOverload,
    };

    public static CelValue ToTimestamp(in CelValue value, ref Frame frame) => value.Kind switch
    {
        CelKind.Timestamp => value,
        CelKind.Int => CelValue.OfTimestamp(value.Int, nanoseconds: 0),
        CelKind.String => CelTime.ParseTimestamp(value.String),
        _ => NoSuchOverload,
    };

    public static CelValue ToDuration(in CelValue value, ref Frame frame) => value.Kind switch
    {
        CelKind.Duration => value,
        CelKind.String => CelTime.ParseDuration(value.String),
        CelKind.Int => CelTime.ToDuration((Int128)value.Int * CelTime.NanosecondsPerSecond),
        _ => NoSuchOverload,
    };

    public static CelValue ToType(in CelValue value, ref Frame frame) => CelValue.OfType(value.Kind switch
    {
        CelKind.Null => CelType.Null.Name,
        CelKind.Bool => CelType.Bool.Name,
        CelKind.Int => CelType.Int.Name,
        CelKind.Uint => CelType.Uint.Name,
        CelKind.Double => CelType.Double.Name,
        CelKind.String => CelType.String.Name,
        CelKind.Bytes => CelType.Bytes.Name,
        CelKind.Timestamp => CelType.Timestamp.Name,
        CelKind.Duration => CelType.Duration.Name,
        CelKind.List => "list",
        CelKind.Map => "map",
        CelKind.Record => value.Record.Type.Name,
        _ => "type",
    });

    public static CelValue ToDyn(in CelValue value, ref Frame frame) => value;
}
