using System.Globalization;
using System.Text;

namespace Flux.Core.Expressions;

/// <summary>Values as text: what <c>string()</c> gives, and what people are shown.</summary>
internal static class CelText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Converts a value to a string as the language does.</summary>
    public static CelValue ToText(in CelValue value) => value.Kind switch
    {
        CelKind.String or CelKind.Error => value,
        CelKind.Bool => CelValue.Of(value.IsTrue ? "true" : "false"),
        CelKind.Int => CelValue.Of(value.Int.ToString(CultureInfo.InvariantCulture)),
        CelKind.Uint => CelValue.Of(value.Uint.ToString(CultureInfo.InvariantCulture)),
        CelKind.Double => CelValue.Of(OfDouble(value.Double)),
        CelKind.Bytes => OfBytes(value.Bytes),
        CelKind.Timestamp => CelValue.Of(CelTime.ShowTimestamp(value)),
        CelKind.Duration => CelValue.Of(CelTime.ShowDuration(value.Duration)),
        _ => CelValue.Of(CelError.NoSuchOverload),
    };

    /// <summary>Counts the characters of a text, a pair of surrogates as one.</summary>
    public static int CountCharacters(string text)
    {
        var count = text.Length;
        foreach (var c in text)
        {
            count -= char.IsLowSurrogate(c) ? 1 : 0;
        }

        return count;
    }

    public static string OfDouble(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : double.IsNaN(value) ? "NaN"
        : Math.Abs(value) is >= 1e21 or (< 1e-6 and > 0)
            ? Exponent(value.ToString("E16", CultureInfo.InvariantCulture), value)
            : value.ToString("0.#################", CultureInfo.InvariantCulture) is var plain
                && double.Parse(plain, CultureInfo.InvariantCulture) == value
                ? plain
                : value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>The value in the syntax of the language, near enough for a message.</summary>
    public static string Show(in CelValue value)
    {
        switch (value.Kind)
        {
            case CelKind.Null:
                return "null";
            case CelKind.Uint:
                return $"{value.Uint}u";
            case CelKind.String:
                return $"\"{value.String}\"";
            case CelKind.Bytes:
                return $"b\"{Convert.ToHexString(value.Bytes)}\"";
            case CelKind.Type:
                return value.TypeName;
            case CelKind.Record:
                return value.Record.Type.ToString();
            case CelKind.Error:
                return $"error: {value.Error.Message}";
            case CelKind.List:
                return $"[{string.Join(", ", value.List.Items.ToArray().Select(item => Show(item)))}]";
            case CelKind.Map:
                var map = value.Map;
                return $"{{{string.Join(", ", map.Keys.Select(key => $"{Show(key)}: {(map.TryGet(key, out var entry) ? Show(entry) : "")}"))}}}";
            default:
                return ToText(value).String;
        }
    }

    private static string Exponent(string full, double value)
    {
        var shortest = value.ToString("R", CultureInfo.InvariantCulture);
        return shortest.Contains('E', StringComparison.Ordinal) ? shortest.Replace("E", "e", StringComparison.Ordinal) : full;
    }

    private static CelValue OfBytes(byte[] bytes)
    {
        try
        {
            return CelValue.Of(Strict.GetString(bytes));
        }
        catch (DecoderFallbackException)
        {
            return CelValue.Of(CelError.InvalidUtf8);
        }
    }
}
