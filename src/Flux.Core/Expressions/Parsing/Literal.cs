using System.Globalization;
using System.Text;
using Superpower.Model;

namespace Flux.Core.Expressions.Parsing;

/// <summary>The values of literals.</summary>
internal static class Literal
{
    /// <summary>Reads a whole number, with the minus sign that stood before it.</summary>
    public static CelValue Int(Token<CelToken> token, bool isNegative)
    {
        var text = token.Span.AsReadOnlySpan();
        if (!TryParse(text, out var number) || number > (ulong)long.MaxValue + (isNegative ? 1UL : 0UL))
        {
            throw Fault(token, 0, "the number is beyond the range of int");
        }

        return CelValue.Of(isNegative ? unchecked((long)(0UL - number)) : (long)number);
    }

    public static CelValue Uint(Token<CelToken> token)
    {
        var text = token.Span.AsReadOnlySpan()[..^1];
        return TryParse(text, out var number)
            ? CelValue.Of(number)
            : throw Fault(token, 0, "the number is beyond the range of uint");
    }

    public static CelValue Double(Token<CelToken> token, bool isNegative)
    {
        var number = double.Parse(token.Span.AsReadOnlySpan(), NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(number)
            ? CelValue.Of(isNegative ? -number : number)
            : throw Fault(token, 0, "the number is beyond the range of double");
    }

    public static CelValue String(Token<CelToken> token)
    {
        var (start, text, isRaw) = Content(token);
        if (isRaw || !text.Contains('\\'))
        {
            return CelValue.Of(Whole(token, text.ToString()));
        }

        var value = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                value.Append(text[i]);
                continue;
            }

            var at = i;
            var code = Escape(token, start, text, ref i, out _);
            if (!Rune.TryCreate(code, out var rune))
            {
                throw Fault(token, start + at, "there is no such character");
            }

            value.Append(rune);
        }

        return CelValue.Of(Whole(token, value.ToString()));
    }

    public static CelValue Bytes(Token<CelToken> token)
    {
        var (start, text, isRaw) = Content(token);
        Whole(token, text.ToString());
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || isRaw)
            {
                // A pair of surrogates is one character, so that it becomes the four bytes of it.
                var length = char.IsHighSurrogate(text[i]) ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(i, length)));
                i += length - 1;
                continue;
            }

            var at = i;
            var code = Escape(token, start, text, ref i, out var isCharacter);
            if (isCharacter)
            {
                throw Fault(token, start + at, "\\u and \\U are for strings, not for bytes");
            }

            bytes.Add((byte)code);
        }

        return CelValue.Of(bytes.ToArray());
    }

    private static bool TryParse(ReadOnlySpan<char> text, out ulong number) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ulong.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static (int Start, string Text, bool IsRaw) Content(Token<CelToken> token)
    {
        var text = token.Span.ToStringValue();
        var prefix = text.IndexOfAny(['"', '\'']);
        var quote = text[prefix];
        var isTriple = text.Length >= prefix + 6 && text[prefix + 1] == quote && text[prefix + 2] == quote;
        var quotes = isTriple ? 3 : 1;
        return (prefix + quotes, text[(prefix + quotes)..^quotes], text[..prefix].Contains('r', StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Reads one escape; <paramref name="i"/> stands on its last character afterwards.</summary>
    private static int Escape(Token<CelToken> token, int start, string text, ref int i, out bool isCharacter)
    {
        var at = i++;
        isCharacter = text[i] is 'u' or 'U';
        switch (text[i])
        {
            case 'a': return '\a';
            case 'b': return '\b';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'v': return '\v';
            case '\\' or '?' or '"' or '\'' or '`': return text[i];
            case 'x' or 'X': return Digits(2, ref i);
            case 'u': return Digits(4, ref i);
            case 'U': return Digits(8, ref i);
            case >= '0' and <= '3' when i + 2 < text.Length && text[i + 1] is >= '0' and <= '7' && text[i + 2] is >= '0' and <= '7':
                i += 2;
                return ((text[i - 2] - '0') * 64) + ((text[i - 1] - '0') * 8) + (text[i] - '0');
            default:
                throw Fault(token, start + at, "there is no such escape");
        }

        int Digits(int count, ref int last)
        {
            if (last + count >= text.Length
                || !uint.TryParse(text.AsSpan(last + 1, count), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
                || code > int.MaxValue)
            {
                throw Fault(token, start + at, $"the escape needs {count} hexadecimal digits");
            }

            last += count;
            return (int)code;
        }
    }

    // A lone surrogate has no UTF-8, so it could equal nothing that is stored.
    private static string Whole(Token<CelToken> token, string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[++i])))
            {
                throw Fault(token, 0, "the text holds half of a surrogate pair");
            }
        }

        return text;
    }

    private static ExpressionException Fault(Token<CelToken> token, int offset, string reason)
    {
        var position = token.Span.Skip(offset).Position;
        return new ExpressionException(position.Line, position.Column, reason);
    }
}
