using System.Globalization;
using System.Text;

namespace Flux.Core.Expressions.Functions;

/// <summary>Rewrites a pattern of RE2, the syntax that the language prescribes, as one of the platform with the same meaning.</summary>
/// <remarks>
/// They differ where it matters: <c>$</c> is the very end, <c>\d \w \s</c> are ASCII, <c>.</c> takes a whole character, a bracket in brackets is one.
/// Groups lose their names, as only a match is asked for. What neither can do in linear time, such as back-references, is refused.
/// </remarks>
internal sealed class PatternTranslator
{
    // Repetitions written out: the platform's automaton grows with this, and RE2 has the same bound of 1,000 for each.
    private const int MaxSize = 1_000;

    private readonly string _pattern;
    private readonly StringBuilder _output = new();
    private readonly Stack<PatternGroup> _groups = new();
    private PatternGroup _group;
    private int _at;

    private PatternTranslator(string pattern) => _pattern = pattern;

    /// <summary>Rewrites a pattern.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <returns>The platform's pattern, and how large it is with its repetitions written out.</returns>
    /// <exception cref="FormatException">It cannot be rewritten.</exception>
    public static (string Pattern, int Size) Translate(string pattern)
    {
        var translator = new PatternTranslator(pattern);
        translator.Run();
        return (translator._output.ToString(), translator._group.Size);
    }

    private void Run()
    {
        while (_at < _pattern.Length)
        {
            var c = _pattern[_at];
            switch (c)
            {
                case '\\':
                    Escape();
                    break;
                case '.':
                    _at++;
                    Atom(_group.DotTakesLineEnds ? PatternClass.AnyBut(string.Empty) : PatternClass.AnyBut("\\n"));
                    break;
                case '[':
                    Class();
                    break;
                case '(':
                    Open();
                    break;
                case ')':
                    Close();
                    break;
                case '|':
                    _at++;
                    _output.Append('|');
                    _group.Last = 0;
                    break;
                case '^':
                    _at++;
                    _output.Append(_group.IsMultiline ? "(?m:^)" : "\\A");
                    break;
                case '$':
                    _at++;
                    _output.Append(_group.IsMultiline ? "(?m:$)" : "\\z");
                    break;
                case '*' or '+' or '?':
                    _at++;
                    Repeat(c.ToString(), most: 1);
                    break;
                case '{':
                    Braces();
                    break;
                default:
                    Literal(TakeCharacter());
                    break;
            }
        }

        if (_groups.Count > 0)
        {
            throw new FormatException("a parenthesis is not closed");
        }
    }

    private void Atom(string text)
    {
        _output.Append(text);
        _group.Add(1);
        CheckSize();
    }

    private void Literal(int character) => Atom(PatternClass.Show(character));

    private int TakeCharacter()
    {
        var character = char.IsHighSurrogate(_pattern[_at]) && _at + 1 < _pattern.Length && char.IsLowSurrogate(_pattern[_at + 1])
            ? char.ConvertToUtf32(_pattern[_at], _pattern[_at + 1])
            : _pattern[_at];
        _at += character > 0xFFFF ? 2 : 1;
        return character;
    }

    private void Escape()
    {
        var name = _at + 1 < _pattern.Length ? _pattern[_at + 1] : throw new FormatException("the pattern ends with a backslash");
        switch (name)
        {
            case 'd' or 'w' or 's':
                _at += 2;
                Atom($"[{PatternClass.AsciiClass(name)}]");
                break;
            case 'D' or 'W' or 'S':
                _at += 2;
                Atom(PatternClass.AnyBut(PatternClass.AsciiClass(char.ToLowerInvariant(name))!));
                break;
            case 'b' or 'B' or 'A' or 'z':
                _at += 2;
                _output.Append('\\').Append(name);
                break;
            case 'p' or 'P':
                var (category, isNegated) = Category();
                Atom(isNegated ? PatternClass.AnyBut(category) : $"[{category}]");
                break;
            case 'Q':
                _at += 2;
                while (_at < _pattern.Length && !_pattern.AsSpan(_at).StartsWith("\\E"))
                {
                    Literal(TakeCharacter());
                }

                _at = Math.Min(_at + 2, _pattern.Length);
                break;
            default:
                Literal(EscapedCharacter());
                break;
        }
    }

    /// <summary>Takes an escape that stands for one character.</summary>
    private int EscapedCharacter()
    {
        var name = _at + 1 < _pattern.Length ? _pattern[_at + 1] : throw new FormatException("the pattern ends with a backslash");
        _at += 2;
        switch (name)
        {
            case 'a': return '\a';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'v': return '\v';
            case 'x' when _at < _pattern.Length && _pattern[_at] == '{':
                var end = _pattern.IndexOf('}', _at);
                var digits = end < 0 ? [] : _pattern.AsSpan(_at + 1, end - _at - 1);
                _at = end + 1;
                return ToCharacter(digits);
            case 'x' when _at + 2 <= _pattern.Length:
                _at += 2;
                return ToCharacter(_pattern.AsSpan(_at - 2, 2));
            case >= '0' and <= '7':
                var length = 1;
                while (length < 3 && _at - 1 + length < _pattern.Length && _pattern[_at - 1 + length] is >= '0' and <= '7')
                {
                    length++;
                }

                if (name != '0' && length < 3)
                {
                    throw new FormatException("back-references are not supported");
                }

                var value = _pattern.Substring(_at - 1, length).Aggregate(0, (sum, digit) => (sum * 8) + (digit - '0'));
                _at += length - 1;
                return value;
            case var other when other < 0x80 && !char.IsAsciiLetterOrDigit(other):
                return other;
            default:
                throw new FormatException($"there is no escape {Events.Shown.Quote($"\\{name}")}");
        }
    }

    private static int ToCharacter(ReadOnlySpan<char> digits) =>
        int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) && Rune.IsValid(code)
            ? code
            : throw new FormatException("an escape names no character");

    /// <summary>Takes <c>\pL</c>, <c>\p{Lu}</c>, <c>\PL</c> or <c>\p{^Lu}</c>.</summary>
    private (string Category, bool IsNegated) Category()
    {
        var isNegated = _pattern[_at + 1] == 'P';
        _at += 2;
        var name = string.Empty;
        if (_at < _pattern.Length && _pattern[_at] == '{' && _pattern.IndexOf('}', _at) is var end and > 0)
        {
            name = _pattern[(_at + 1)..end];
            _at = end + 1;
        }
        else if (_at < _pattern.Length)
        {
            name = _pattern[_at++].ToString();
        }

        if (name.StartsWith('^'))
        {
            isNegated = !isNegated;
            name = name[1..];
        }

        return name.Length is 1 or 2 && "LMNPSZC".Contains(name[0], StringComparison.Ordinal)
            && (name.Length == 1 || char.IsAsciiLetterLower(name[1]))
            ? ($"\\p{{{name}}}", isNegated)
            : throw new FormatException($"{Events.Shown.Quote(name)} is no general category; scripts are not supported");
    }

    private void Class()
    {
        _at++;
        var isNegated = _at < _pattern.Length && _pattern[_at] == '^';
        _at += isNegated ? 1 : 0;
        var content = new StringBuilder();
        for (var isFirst = true; _at < _pattern.Length && (_pattern[_at] != ']' || isFirst); isFirst = false)
        {
            ClassItem(content);
        }

        if (_at >= _pattern.Length)
        {
            throw new FormatException("a bracket is not closed");
        }

        _at++;
        Atom(isNegated ? PatternClass.AnyBut(content.ToString()) : $"[{content}]");
    }

    private void ClassItem(StringBuilder content)
    {
        if (_pattern.AsSpan(_at).StartsWith("[:") && _pattern.IndexOf(":]", _at, StringComparison.Ordinal) is var end and > 0)
        {
            var posix = _pattern[(_at + 2)..end];
            content.Append(PatternClass.PosixClass(posix) ?? throw new FormatException($"there is no class {Events.Shown.Quote($"[:{posix}:]")}"));
            _at = end + 2;
            return;
        }

        if (_pattern[_at] == '\\' && _at + 1 < _pattern.Length)
        {
            var name = _pattern[_at + 1];
            if (PatternClass.AsciiClass(name) is { } ascii)
            {
                content.Append(ascii);
                _at += 2;
                return;
            }

            if (name is 'p' or 'P')
            {
                var (category, isNegated) = Category();
                content.Append(isNegated ? throw new FormatException("a negated category cannot stand in brackets") : category);
                return;
            }

            if (name is 'D' or 'W' or 'S')
            {
                throw new FormatException($"\\{name} cannot stand in brackets");
            }
        }

        var first = ClassCharacter();
        content.Append(PatternClass.Show(first));
        if (_at + 1 < _pattern.Length && _pattern[_at] == '-' && _pattern[_at + 1] != ']')
        {
            _at++;
            var last = ClassCharacter();
            content.Append(last >= first ? $"-{PatternClass.Show(last)}" : throw new FormatException("a range in brackets is the wrong way round"));
        }
    }

    private int ClassCharacter()
    {
        var character = _pattern[_at] == '\\' ? EscapedCharacter() : TakeCharacter();
        return character <= 0xFFFF && !char.IsSurrogate((char)character)
            ? character
            : throw new FormatException("characters beyond U+FFFF cannot stand in brackets");
    }

    private void Open()
    {
        _at++;
        if (_at >= _pattern.Length || _pattern[_at] != '?')
        {
            Push();
            return;
        }

        _at++;
        var rest = _pattern.AsSpan(_at);
        if (rest.StartsWith("P<") || (rest.StartsWith("<") && !rest.StartsWith("<=") && !rest.StartsWith("<!")))
        {
            var end = _pattern.IndexOf('>', _at);
            _at = end > 0 ? end + 1 : throw new FormatException("the name of a group does not end");
            Push();
            return;
        }

        Flags();
    }

    /// <summary>Takes <c>(?i)</c>, which holds to the end of the group, or <c>(?i:…)</c>.</summary>
    private void Flags()
    {
        var changed = _group;
        var isOn = true;
        bool? ignoresCase = null;
        for (; _at < _pattern.Length; _at++)
        {
            switch (_pattern[_at])
            {
                case 'i':
                    ignoresCase = isOn;
                    break;
                case 's':
                    changed.DotTakesLineEnds = isOn;
                    break;
                case 'm':
                    changed.IsMultiline = isOn;
                    break;
                case 'U':
                    break; // greedy or not makes no difference to whether there is a match
                case '-' when isOn:
                    isOn = false;
                    break;
                case ':':
                    _at++;
                    Push(ignoresCase);
                    (_group.DotTakesLineEnds, _group.IsMultiline) = (changed.DotTakesLineEnds, changed.IsMultiline);
                    return;
                case ')':
                    _at++;
                    _output.Append(ignoresCase is { } ignores ? ignores ? "(?i)" : "(?-i)" : string.Empty);
                    _group = changed;
                    return;
                default:
                    throw new FormatException("only the flags i, m, s and U are supported, and no look-around");
            }
        }

        throw new FormatException("a parenthesis is not closed");
    }

    private void Push(bool? ignoresCase = null)
    {
        _groups.Push(_group);
        _group = new PatternGroup { DotTakesLineEnds = _group.DotTakesLineEnds, IsMultiline = _group.IsMultiline };
        _output.Append(ignoresCase is { } ignores ? ignores ? "(?i:" : "(?-i:" : "(?:");
    }

    private void Close()
    {
        _at++;
        var size = _group.Size;
        _group = _groups.TryPop(out var outer) ? outer : throw new FormatException("a parenthesis is closed that was not opened");
        _output.Append(')');
        _group.Add(Math.Max(size, 1));
        CheckSize();
    }

    private void Braces()
    {
        var end = _pattern.IndexOf('}', _at);
        var bounds = end < 0 ? [] : _pattern[(_at + 1)..end].Split(',');
        if (bounds.Length is not (1 or 2)
            || !int.TryParse(bounds[0], NumberStyles.None, CultureInfo.InvariantCulture, out var least)
            || (bounds.Length == 2 && bounds[1].Length > 0 && !int.TryParse(bounds[1], NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            Literal(TakeCharacter()); // a brace that repeats nothing is a brace
            return;
        }

        var most = bounds.Length == 2 && bounds[1].Length > 0 ? int.Parse(bounds[1], CultureInfo.InvariantCulture) : least;
        var text = _pattern[_at..(end + 1)];
        _at = end + 1;
        Repeat(text, Math.Max(least, most));
    }

    private void Repeat(string quantifier, int most)
    {
        _output.Append(quantifier);
        if (_at < _pattern.Length && _pattern[_at] == '?')
        {
            _at++;
            _output.Append('?');
        }

        _group.Repeat(most);
        CheckSize();
    }

    private void CheckSize()
    {
        if (_group.Size > MaxSize || _groups.Sum(group => (long)group.Size) + _group.Size > MaxSize)
        {
            throw new FormatException($"the pattern is larger than {MaxSize} characters with its repetitions written out");
        }
    }
}
