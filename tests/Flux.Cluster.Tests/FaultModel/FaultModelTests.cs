using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Flux.Cluster.Tests.FaultModel;

/// <summary>Holds the lists of what runs and what does not yet to the fault model: no row is missing, and every test named is there.</summary>
public sealed partial class FaultModelTests
{
    [Theory]
    [InlineData("fault-rows.txt", 'F', 60)]
    [InlineData("negative-controls.txt", 'N', 22)]
    public void Every_row_of_the_model_has_a_test_or_says_what_it_waits_for(string file, char letter, int count)
    {
        var rows = Read(file);

        foreach (var (id, status) in rows)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{id}  {status}");
        }

        Assert.Equal(Enumerable.Range(1, count).Select(n => string.Create(CultureInfo.InvariantCulture, $"{letter}{n:D2}")), rows.Select(r => r.Id));
        Assert.All(rows, r => Assert.True(IsNotYet(r.Status) || NamesTests(r.Status), $"{r.Id} names no test that exists: {r.Status}"));
    }

    [GeneratedRegex(@"(?<type>\w+)\.(?<method>\w+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TestNames();

    private static bool IsNotYet(string status) => status.StartsWith("not yet: waits for ", StringComparison.Ordinal);

    private static bool NamesTests(string status)
    {
        // What stands in brackets is a remark.
        var names = TestNames().Matches(status.Split(" (")[0]);
        return names.Count > 0 && names.All(n => Assembly.GetExecutingAssembly().GetTypes()
            .Any(t => t.Name == n.Groups["type"].Value && t.GetMethod(n.Groups["method"].Value) is not null));
    }

    private static List<(string Id, string Status)> Read(string file)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(file)!;
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(l => l[0] != '#')
            .Select(l => l.Split(" | ", 3))
            .Select(p => (p[0], p[2]))];
    }
}
