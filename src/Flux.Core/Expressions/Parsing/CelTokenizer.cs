using System.Buffers;
using Superpower;
using Superpower.Model;

namespace Flux.Core.Expressions.Parsing;

/// <summary>Cuts a text into tokens, each character looked at a fixed number of times.</summary>
internal sealed class CelTokenizer : Tokenizer<CelToken>
{
    public static readonly CelTokenizer Instance = new();

    private static readonly SearchValues<char> Blank = SearchValues.Create(" \t\n\f\r");
    private static readonly SearchValues<char> OfIdentifier =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    private static readonly SearchValues<char> OfQuotedIdentifier =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-/ ");

    private static readonly Dictionary<string, CelToken> Words = MakeWords();

    protected override IEnumerable<Result<CelToken>> Tokenize(TextSpan span)
    {
        var rest = SkipBlanks(span);
        while (!rest.IsAtEnd)
        {
            var result = Next(rest);
            yield return result;
            rest = SkipBlanks(result.Remainder);
        }
    }

    private static Dictionary<string, CelToken> MakeWords()
    {
        string[] reserved =
        [
            "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return", "var",
            "void", "while",
        ];
        var words = reserved.ToDictionary(word => word, _ => CelToken.Reserved, StringComparer.Ordinal);
        words.Add("true", CelToken.True);
        words.Add("false", CelToken.False);
        words.Add("null", CelToken.Null);
        words.Add("in", CelToken.In);
        return words;
    }

    private static TextSpan SkipBlanks(TextSpan span)
    {
        while (true)
        {
            var text = span.AsReadOnlySpan();
            var blanks = text.IndexOfAnyExcept(Blank);
            blanks = blanks < 0 ? text.Length : blanks;
            if (text[blanks..].StartsWith("//"))
            {
                var line = text[blanks..].IndexOf('\n');
                blanks = line < 0 ? text.Length : blanks + line;
            }

            if (blanks == 0)
            {
                return span;
            }

            span = span.Skip(blanks);
        }
    }

    private static Result<CelToken> Next(TextSpan span)
    {
        var text = span.AsReadOnlySpan();
        var first = text[0];
        if (char.IsAsciiDigit(first) || (first == '.' && text.Length > 1 && char.IsAsciiDigit(text[1])))
        {
            var (kind, length) = Number(text);
            return length < text.Length && OfIdentifier.Contains(text[length])
                ? Result.Empty<CelToken>(span.Skip(length), "a number must not run into a name")
                : Token(span, kind, length);
        }

        if (char.IsAsciiLetter(first) || first == '_')
        {
            var quote = text.IndexOfAny('"', '\'');
            if (quote is 1 or 2 && IsStringPrefix(text[..quote]))
            {
                return Text(span, quote);
            }

            var length = text.IndexOfAnyExcept(OfIdentifier);
            length = length < 0 ? text.Length : length;
            return Token(span, Words.GetValueOrDefault(text[..length].ToString(), CelToken.Identifier), length);
        }

        return first switch
        {
            '"' or '\'' => Text(span, prefix: 0),
            '`' => Quoted(span),
            _ => Sign(span),
        };
    }

    private static (CelToken Kind, int Length) Number(ReadOnlySpan<char> text)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && text.Length > 2 && char.IsAsciiHexDigit(text[2]))
        {
            var end = 2 + Count(text[2..], char.IsAsciiHexDigit);
            return IsUnsigned(text[end..]) ? (CelToken.Uint, end + 1) : (CelToken.Int, end);
        }

        var length = Count(text, char.IsAsciiDigit);
        var isDouble = false;
        if (length < text.Length - 1 && text[length] == '.' && char.IsAsciiDigit(text[length + 1]))
        {
            isDouble = true;
            length += 1 + Count(text[(length + 1)..], char.IsAsciiDigit);
        }

        if (length < text.Length && text[length] is 'e' or 'E')
        {
            var sign = length + 1 < text.Length && text[length + 1] is '+' or '-' ? 1 : 0;
            var digits = Count(text[(length + 1 + sign)..], char.IsAsciiDigit);
            if (digits > 0)
            {
                isDouble = true;
                length += 1 + sign + digits;
            }
        }

        return isDouble ? (CelToken.Double, length)
            : IsUnsigned(text[length..]) ? (CelToken.Uint, length + 1)
            : (CelToken.Int, length);
    }

    private static bool IsUnsigned(ReadOnlySpan<char> rest) => rest.Length > 0 && rest[0] is 'u' or 'U';

    private static int Count(ReadOnlySpan<char> text, Func<char, bool> belongs)
    {
        var count = 0;
        while (count < text.Length && belongs(text[count]))
        {
            count++;
        }

        return count;
    }

    private static bool IsStringPrefix(ReadOnlySpan<char> prefix) =>
        prefix.Equals("r", StringComparison.OrdinalIgnoreCase) || prefix.Equals("b", StringComparison.OrdinalIgnoreCase)
        || prefix.Equals("rb", StringComparison.OrdinalIgnoreCase) || prefix.Equals("br", StringComparison.OrdinalIgnoreCase);

    private static Result<CelToken> Text(TextSpan span, int prefix)
    {
        var text = span.AsReadOnlySpan();
        var isRaw = text[..prefix].ContainsAny('r', 'R');
        var kind = text[..prefix].ContainsAny('b', 'B') ? CelToken.Bytes : CelToken.String;
        var quote = text[prefix];
        ReadOnlySpan<char> triple = [quote, quote, quote];
        if (text[prefix..].StartsWith(triple))
        {
            for (var i = prefix + 3; i < text.Length; i++)
            {
                if (text[i] == '\\' && !isRaw)
                {
                    i++;
                }
                else if (text[i..].StartsWith(triple))
                {
                    return Token(span, kind, i + 3);
                }
            }

            return Result.Empty<CelToken>(span, "the string does not end");
        }

        for (var i = prefix + 1; i < text.Length && text[i] is not ('\n' or '\r'); i++)
        {
            if (text[i] == '\\' && !isRaw)
            {
                i++;
            }
            else if (text[i] == quote)
            {
                return Token(span, kind, i + 1);
            }
        }

        return Result.Empty<CelToken>(span, "the string does not end in its line");
    }

    private static Result<CelToken> Quoted(TextSpan span)
    {
        var text = span.AsReadOnlySpan();
        var length = text[1..].IndexOfAnyExcept(OfQuotedIdentifier);
        return length > 0 && text[length + 1] == '`'
            ? Token(span, CelToken.QuotedIdentifier, length + 2)
            : Result.Empty<CelToken>(span, "a name in backquotes is made of letters, digits, '_', '.', '-', '/' and blanks");
    }

    private static Result<CelToken> Sign(TextSpan span)
    {
        var text = span.AsReadOnlySpan();
        CelToken? two = text.Length < 2 ? null : text[..2] switch
        {
            "||" => CelToken.Or,
            "&&" => CelToken.And,
            "==" => CelToken.Equal,
            "!=" => CelToken.NotEqual,
            "<=" => CelToken.LessOrEqual,
            ">=" => CelToken.GreaterOrEqual,
            _ => null,
        };
        if (two is { } kind)
        {
            return Token(span, kind, 2);
        }

        CelToken? one = text[0] switch
        {
            '?' => CelToken.Question,
            ':' => CelToken.Colon,
            '<' => CelToken.Less,
            '>' => CelToken.Greater,
            '+' => CelToken.Plus,
            '-' => CelToken.Minus,
            '*' => CelToken.Star,
            '/' => CelToken.Slash,
            '%' => CelToken.Percent,
            '!' => CelToken.Not,
            '.' => CelToken.Dot,
            ',' => CelToken.Comma,
            '(' => CelToken.OpenParenthesis,
            ')' => CelToken.CloseParenthesis,
            '[' => CelToken.OpenBracket,
            ']' => CelToken.CloseBracket,
            '{' => CelToken.OpenBrace,
            '}' => CelToken.CloseBrace,
            _ => null,
        };
        return one is { } sign
            ? Token(span, sign, 1)
            : Result.Empty<CelToken>(span, text[0] switch
            {
                '=' => "'=' is no operator; equality is '=='",
                '&' => "'&' is no operator; logical and is '&&'",
                '|' => "'|' is no operator; logical or is '||'",
                _ => $"unexpected {Events.Shown.Quote(text[..1])}",
            });
    }

    private static Result<CelToken> Token(TextSpan span, CelToken kind, int length) => Result.Value(kind, span, span.Skip(length));
}
