using System.Text;
using Flux.Core.Expressions.Evaluation;

namespace Flux.Core.Expressions.Functions;

/// <summary>The functions of the extensions <c>strings</c> and <c>base64</c>.</summary>
/// <remarks>Places in a text are counted in characters, a pair of surrogates as one.</remarks>
internal static class MoreTexts
{
    private static readonly CelValue NoSuchOverload = CelValue.Of(CelError.NoSuchOverload);
    private static readonly CelValue Cost = CelValue.Of(CelError.Cost);
    private static readonly CelValue IndexRange = CelValue.Of(CelError.IndexRange);

    public static CelValue CharAt(in CelValue text, in CelValue index, ref Frame frame)
    {
        if (text.Kind != CelKind.String || index.Kind != CelKind.Int)
        {
            return NoSuchOverload;
        }

        if (!frame.TakeText(text.String.Length))
        {
            return Cost;
        }

        var at = ToUnits(text.String, index.Int);
        return at < 0 ? IndexRange
            : at == text.String.Length ? CelValue.Of(string.Empty)
            : CelValue.Of(text.String.Substring(at, char.IsHighSurrogate(text.String[at]) ? 2 : 1));
    }

    public static CelValue IndexOf(ReadOnlySpan<CelValue> arguments, ref Frame frame)
    {
        if (!AreTexts(arguments[..2]) || (arguments.Length == 3 && arguments[2].Kind != CelKind.Int))
        {
            return NoSuchOverload;
        }

        var (text, part) = (arguments[0].String, arguments[1].String);
        if (!frame.TakeText(text.Length * 2L))
        {
            return Cost;
        }

        var from = arguments.Length == 3 ? ToUnits(text, arguments[2].Int) : 0;
        return from < 0 ? IndexRange : CelValue.Of(ToCharacters(text, text.IndexOf(part, from, StringComparison.Ordinal)));
    }

    public static CelValue LastIndexOf(ReadOnlySpan<CelValue> arguments, ref Frame frame)
    {
        if (!AreTexts(arguments[..2]) || (arguments.Length == 3 && arguments[2].Kind != CelKind.Int))
        {
            return NoSuchOverload;
        }

        var (text, part) = (arguments[0].String, arguments[1].String);
        if (!frame.TakeText(text.Length * 2L))
        {
            return Cost;
        }

        // The place is the last at which the part may begin.
        var from = arguments.Length == 3 ? ToUnits(text, arguments[2].Int) : text.Length;
        return from < 0 ? IndexRange
            : CelValue.Of(ToCharacters(text, text.AsSpan(0, (int)Math.Min(text.Length, from + (long)part.Length)).LastIndexOf(part)));
    }

    public static CelValue Substring(ReadOnlySpan<CelValue> arguments, ref Frame frame)
    {
        if (arguments[0].Kind != CelKind.String || arguments[1].Kind != CelKind.Int || (arguments.Length == 3 && arguments[2].Kind != CelKind.Int))
        {
            return NoSuchOverload;
        }

        var text = arguments[0].String;
        if (!frame.TakeText(text.Length * 2L))
        {
            return Cost;
        }

        var start = ToUnits(text, arguments[1].Int);
        var end = arguments.Length == 3 ? ToUnits(text, arguments[2].Int) : text.Length;
        return start < 0 || end < 0 || start > end ? IndexRange : CelValue.Of(text[start..end]);
    }

    public static CelValue Replace(ReadOnlySpan<CelValue> arguments, ref Frame frame)
    {
        if (!AreTexts(arguments[..3]) || (arguments.Length == 4 && arguments[3].Kind != CelKind.Int))
        {
            return NoSuchOverload;
        }

        var (text, old, replacement) = (arguments[0].String, arguments[1].String, arguments[2].String);
        var most = arguments.Length == 4 && arguments[3].Int >= 0 ? arguments[3].Int : long.MaxValue;
        var result = new StringBuilder();
        var at = 0;
        for (var count = 0L; count < most && frame.TakeText(text.Length - at + (long)replacement.Length) && frame.Take(1); count++)
        {
            // An empty part is found before each character and at the end.
            var found = old.Length > 0 ? text.IndexOf(old, at, StringComparison.Ordinal) : at;
            if (found < 0)
            {
                break;
            }

            result.Append(text, at, found - at).Append(replacement);
            at = found + old.Length;
            if (old.Length == 0)
            {
                if (at == text.Length)
                {
                    break;
                }

                var length = char.IsHighSurrogate(text[at]) ? 2 : 1;
                result.Append(text, at, length);
                at += length;
            }
        }

        return frame.Steps < 0 ? Cost : CelValue.Of(result.Append(text, at, text.Length - at).ToString());
    }

    public static CelValue Split(ReadOnlySpan<CelValue> arguments, ref Frame frame)
    {
        if (!AreTexts(arguments[..2]) || (arguments.Length == 3 && arguments[2].Kind != CelKind.Int))
        {
            return NoSuchOverload;
        }

        var (text, separator) = (arguments[0].String, arguments[1].String);
        var most = arguments.Length == 3 && arguments[2].Int >= 0 ? (int)Math.Min(arguments[2].Int, int.MaxValue) : int.MaxValue;
        if (!frame.TakeText(text.Length))
        {
            return Cost;
        }

        if (most == 0)
        {
            return CelValue.Of(CelList.Empty);
        }

        var parts = new List<CelValue>();
        var at = 0;
        while (parts.Count + 1 < most && frame.Take(1))
        {
            var end = separator.Length > 0 ? text.IndexOf(separator, at, StringComparison.Ordinal)
                : at < text.Length ? at + (char.IsHighSurrogate(text[at]) ? 2 : 1)
                : -1;
            if (end < 0 || (separator.Length == 0 && end == text.Length))
            {
                break;
            }

            parts.Add(CelValue.Of(text[at..end]));
            at = end + separator.Length;
        }

        if (separator.Length > 0 || text.Length > 0)
        {
            parts.Add(CelValue.Of(text[at..]));
        }

        return frame.Steps < 0 ? Cost : CelValue.Of(new CelList([.. parts]));
    }

    public static CelValue Join(ReadOnlySpan<CelValue> arguments, ref Frame frame)
    {
        if (arguments[0].Kind != CelKind.List || (arguments.Length == 2 && arguments[1].Kind != CelKind.String))
        {
            return NoSuchOverload;
        }

        var separator = arguments.Length == 2 ? arguments[1].String : string.Empty;
        var result = new StringBuilder();
        var isFirst = true;
        foreach (var item in arguments[0].List.Items)
        {
            if (item.Kind != CelKind.String)
            {
                return NoSuchOverload;
            }

            if (!frame.Take(1) || !frame.TakeText(item.String.Length + (long)separator.Length))
            {
                return Cost;
            }

            result.Append(isFirst ? string.Empty : separator).Append(item.String);
            isFirst = false;
        }

        return CelValue.Of(result.ToString());
    }

    /// <summary>Makes a function from text to text that takes time in proportion to it.</summary>
    public static UnaryFunction Map(Func<string, string> function) => (in CelValue value, ref Frame frame) =>
        value.Kind != CelKind.String ? NoSuchOverload
        : frame.TakeText(value.String.Length) ? CelValue.Of(function(value.String))
        : Cost;

    public static string LowerAscii(string text) =>
        string.Create(text.Length, text, (to, from) => Ascii(from, to, char.IsAsciiLetterUpper, 'a' - 'A'));

    public static string UpperAscii(string text) =>
        string.Create(text.Length, text, (to, from) => Ascii(from, to, char.IsAsciiLetterLower, 'A' - 'a'));

    /// <summary>The text as a literal of the language in double quotes.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            quoted.Append(c switch
            {
                '\a' => "\\a",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\v' => "\\v",
                '\\' => "\\\\",
                '"' => "\\\"",
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    public static CelValue Encode(in CelValue value, ref Frame frame) =>
        value.Kind != CelKind.Bytes ? NoSuchOverload
        : frame.TakeText(value.Bytes.Length) ? CelValue.Of(Convert.ToBase64String(value.Bytes))
        : Cost;

    public static CelValue Decode(in CelValue value, ref Frame frame)
    {
        if (value.Kind != CelKind.String)
        {
            return NoSuchOverload;
        }

        var text = value.String;
        if (!frame.TakeText(text.Length))
        {
            return Cost;
        }

        // The padding may be left out.
        text = text.PadRight(text.Length + ((4 - (text.Length % 4)) % 4), '=');
        var bytes = new byte[text.Length / 4 * 3];
        return Convert.TryFromBase64String(text, bytes, out var length) ? CelValue.Of(bytes[..length]) : CelValue.Of(CelError.InvalidFormat);
    }

    private static void Ascii(string from, Span<char> to, Func<char, bool> changes, int by)
    {
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = changes(from[i]) ? (char)(from[i] + by) : from[i];
        }
    }

    private static bool AreTexts(ReadOnlySpan<CelValue> values)
    {
        foreach (var value in values)
        {
            if (value.Kind != CelKind.String)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Turns a place in characters into one in UTF-16 code units.</summary>
    /// <returns>-1 when it lies outside of the text; its end is inside.</returns>
    private static int ToUnits(string text, long index)
    {
        var at = 0;
        for (; index > 0 && at < text.Length; index--)
        {
            at += char.IsHighSurrogate(text[at]) ? 2 : 1;
        }

        return index == 0 ? at : -1;
    }

    private static long ToCharacters(string text, int units) => units < 0 ? -1 : CelText.CountCharacters(text[..units]);
}
