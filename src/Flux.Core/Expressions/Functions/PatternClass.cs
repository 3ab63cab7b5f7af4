namespace Flux.Core.Expressions.Functions;

/// <summary>Sets of characters in the syntax of the platform's patterns.</summary>
internal static class PatternClass
{
    private const string Pair = "[\\uD800-\\uDBFF][\\uDC00-\\uDFFF]";

    /// <summary>A character that is none of these; one beyond U+FFFF counts as one, and never as two halves.</summary>
    public static string AnyBut(string content) => $"(?:{Pair}|[^{content}\\uD800-\\uDFFF])";

    /// <summary>One character, by its number.</summary>
    public static string Show(int character) => character > 0xFFFF
        ? $"(?:{string.Concat(char.ConvertFromUtf32(character).Select(half => $"\\u{(int)half:X4}"))})"
        : $"\\u{character:X4}";

    /// <summary>The content of the brackets that <c>\d</c>, <c>\w</c> and <c>\s</c> stand for.</summary>
    public static string? AsciiClass(char name) => name switch
    {
        'd' => "0-9",
        'w' => "0-9A-Za-z_",
        's' => "\\t\\n\\f\\r ",
        _ => null,
    };

    /// <summary>The content of the brackets that <c>[:name:]</c> stands for.</summary>
    public static string? PosixClass(string name) => name switch
    {
        "alnum" => "0-9A-Za-z",
        "alpha" => "A-Za-z",
        "ascii" => "\\x00-\\x7F",
        "blank" => "\\t ",
        "cntrl" => "\\x00-\\x1F\\x7F",
        "digit" => "0-9",
        "graph" => "!-~",
        "lower" => "a-z",
        "print" => " -~",
        "punct" => "!-/:-@\\[-`{-~",
        "space" => "\\t\\n\\v\\f\\r ",
        "upper" => "A-Z",
        "word" => "0-9A-Za-z_",
        "xdigit" => "0-9A-Fa-f",
        _ => null,
    };
}
