using System.Text.RegularExpressions;

namespace Flux.Cluster.Tests.Scenarios;

/// <summary>What servers wrote: no fault is an excuse for an exception that nobody handled.</summary>
internal static partial class ServerLog
{
    /// <summary>Asserts that no exception went unhandled.</summary>
    public static void AssertNothingUnhandled(string output)
    {
        var found = Unhandled().Matches(output).Select(m => m.Value).ToList();
        Assert.True(found.Count == 0, $"{found.Count} unhandled exceptions in the servers' logs, the first of them:\n{string.Join("\n", found.Take(3))}");
    }

    // The runtime's, Kestrel's and the middleware's words for it, those of Orleans for a timer, and ours: for a request, and for a loop that had to end.
    [GeneratedRegex(
        @"^.*(?:unhandled exception|unobserved|failed in an unexpected way|has ended because of a defect|breaks what the log promises|"
        + @"Caught and ignored exception).*(?:\n.*){0,12}",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.Multiline,
        matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Unhandled();
}
