using System.Text.RegularExpressions;

namespace Flux.Testing.Processes;

/// <summary>Reads what a server has written.</summary>
public static partial class ServerLog
{
    /// <summary>Finds what no input may bring about: errors, exceptions that nobody handled, stack traces, and control characters from outside.</summary>
    /// <param name="lines">What was written.</param>
    /// <returns>The lines that speak of it.</returns>
    public static IEnumerable<string> FindTrouble(IEnumerable<string> lines) => lines.Where(line => Trouble().IsMatch(line));

    [GeneratedRegex(@"^(\S+Z )?\s*(fail|crit)(:|\b)|[Uu]nhandled exception|^\s+at \S+\(.*\)|\x1b", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Trouble();
}
