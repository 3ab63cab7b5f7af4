using System.Reflection;
using System.Text.RegularExpressions;
using Flux.Testing.PostgreSql;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>The commands that docs/operations.md gives for backup and restore on PostgreSQL, so that what is tested is what is written.</summary>
internal static partial class OperatorsGuide
{
    private static readonly Lazy<string[][]> Commands = new(Read);

    /// <summary>Runs every command of one of PostgreSQL's programs, in their order, with names in place of the words in capitals.</summary>
    public static async Task RunAsync(string program, PostgreSqlServer server, Dictionary<string, string> names, CancellationToken cancellationToken)
    {
        foreach (var arguments in ArgumentsOf(program, names))
        {
            await server.RunAsync(program, arguments, cancellationToken);
        }
    }

    /// <summary>Gives the arguments of every command of a program.</summary>
    public static string[][] ArgumentsOf(string program, Dictionary<string, string> names)
    {
        string[][] found = [.. Commands.Value.Where(words => words[0] == program).Select(words => words[1..])];
        Assert.True(found.Length > 0, $"docs/operations.md has no command of {program} under \"On PostgreSQL\"");
        return [.. found.Select(words => words.Select(word => names.Aggregate(word, (text, name) => text.Replace(name.Key, name.Value, StringComparison.Ordinal))).ToArray())];
    }

    [GeneratedRegex("'(?<word>[^']*)'|(?<end>#.*)|(?<word>[^' ]+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Words();

    private static string[][] Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("operations.md")!;
        using var reader = new StreamReader(stream);
        var section = reader.ReadToEnd().Split("\n### On PostgreSQL\n")[1].Split("\n### ")[0];

        // Every other piece between fences is a block of commands.
        return [.. section.Split("```").Where((_, index) => index % 2 == 1)
            .SelectMany(block => block.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Skip(1))
            .Select(line => Words().Matches(line).Where(m => m.Groups["word"].Success).Select(m => m.Groups["word"].Value).ToArray())];
    }
}
