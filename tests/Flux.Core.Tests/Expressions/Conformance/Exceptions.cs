using System.Text.RegularExpressions;

namespace Flux.Core.Tests.Expressions.Conformance;

/// <summary>The list of what is not supported: one pattern of test names a line, with the reason behind it.</summary>
internal sealed class Exceptions
{
    private readonly List<(string Pattern, Regex Names, string Reason)> _lines = [];

    /// <summary>Reads the list that is checked in beside the tests.</summary>
    public static Exceptions Read()
    {
        var exceptions = new Exceptions();
        using var stream = typeof(Exceptions).Assembly.GetManifestResourceStream("unsupported.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var parts = line.Split(" : ", 2);
            Assert.True(parts.Length == 2 && parts[1].Length > 0, $"'{line}' gives no reason");
            exceptions._lines.Add((parts[0], new Regex($"^{Regex.Escape(parts[0]).Replace("\\*", ".*", StringComparison.Ordinal)}$"), parts[1]));
        }

        return exceptions;
    }

    /// <summary>Compares the list with what happened.</summary>
    /// <param name="failures">Each test by name; null when it passed.</param>
    /// <returns>What is wrong with either.</returns>
    public IEnumerable<string> Compare(IReadOnlyDictionary<string, string?> failures)
    {
        foreach (var (pattern, names, _) in _lines)
        {
            if (!failures.Keys.Any(names.IsMatch))
            {
                yield return $"{pattern} is listed, and no test has such a name";
            }
        }

        foreach (var (name, failure) in failures)
        {
            var isListed = _lines.Exists(line => line.Names.IsMatch(name));
            if (failure is null && isListed)
            {
                yield return $"{name} is listed as not supported, and passes";
            }
            else if (failure is not null && !isListed)
            {
                yield return $"{name} fails: {failure}";
            }
        }
    }
}
