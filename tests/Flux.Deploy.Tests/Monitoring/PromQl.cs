using System.Text.RegularExpressions;

namespace Flux.Deploy.Tests.Monitoring;

/// <summary>Finds what an expression of Prometheus asks for. It reads the expressions of deploy/; it is no parser of the language.</summary>
internal static partial class PromQl
{
    private static readonly HashSet<string> Words = new(StringComparer.Ordinal) { "by", "without", "and", "or", "unless", "on", "ignoring", "bool" };

    /// <summary>Lists the series in an expression.</summary>
    public static IEnumerable<string> Series(string expression)
    {
        var bare = Range().Replace(Grouping().Replace(Matchers().Replace(expression, " "), " "), " ");
        return Name().Matches(bare).Select(match => match.Value).Where(name => !Words.Contains(name)).Distinct();
    }

    /// <summary>Lists the texts in braces, one for each series that is selected.</summary>
    public static IEnumerable<string> Selections(string expression) => Matchers().Matches(expression).Select(match => match.Value);

    /// <summary>Lists the values that a label is compared with.</summary>
    public static IEnumerable<string> Values(string expression, string label) =>
        Regex.Matches(expression, $"""\b{label}(?:=~|!=|!~|=)"([^"]*)" """.TrimEnd()).SelectMany(match => match.Groups[1].Value.Split('|'));

    [GeneratedRegex("""\{[^}]*\}""")]
    private static partial Regex Matchers();

    [GeneratedRegex(@"\b(by|without|on|ignoring)\s*\([^)]*\)")]
    private static partial Regex Grouping();

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex Range();

    // Not a function, which a parenthesis follows, and not a part of a number.
    [GeneratedRegex(@"\b[a-zA-Z_][a-zA-Z0-9_]*\b(?!\s*\()")]
    private static partial Regex Name();
}
