using System.Globalization;
using System.Text;

namespace Flux.Server.Tests.BadInput;

/// <summary>Runs the variants of a row against servers, and says of all at once which failed.</summary>
internal static class RowTrial
{
    // Where a request with a token and one without take different ways, these groups are tried both ways. Source: the bad-input page, rule G8.
    private const string TriedBothWays = "JSTP";

    /// <summary>Gets a value indicating whether variants and repetitions that take minutes were asked for.</summary>
    public static bool IsLong => Environment.GetEnvironmentVariable("FLUX_LONG") == "1";

    /// <summary>Gets a value indicating whether more than the default was asked for, as of the fault set.</summary>
    public static bool IsShort => IsLong || Environment.GetEnvironmentVariable("FLUX_FAULTS") is "short" or "all";

    /// <summary>Says whether a variant is tried on a server that asks for tokens.</summary>
    public static bool RunsWithTokens(Variant variant) => !variant.NeedsOpenServer;

    /// <summary>Says whether a variant is tried on a server that asks for none.</summary>
    public static bool RunsOpen(Row row, Variant variant) =>
        variant.NeedsOpenServer || (!variant.NeedsTokens && TriedBothWays.Contains(row.Id[0], StringComparison.Ordinal));

    /// <summary>Runs all variants of a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="serversOf">The servers, and which silos of them, that a variant runs against.</param>
    /// <param name="output">Where is written what took how long.</param>
    public static async Task RunAsync(Row row, Func<Variant, IEnumerable<(TormentedServer Server, int Silo)>> serversOf, ITestOutputHelper output)
    {
        var failures = new StringBuilder();
        var (runs, failed) = (0, 0);
        var asked = new HashSet<TormentedServer>();
        foreach (var variant in row.Variants)
        {
            if (variant.OnlyInLongRun && !IsLong)
            {
                output.WriteLine($"only in the long run: {row.Id} {variant.Name}");
                continue;
            }

            foreach (var (server, silo) in serversOf(variant))
            {
                var begun = TimeProvider.System.GetTimestamp();
                runs++;
                asked.Add(server);
                try
                {
                    await server.RunAsync(variant, silo);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    failed++;
                    failures.AppendLine(CultureInfo.InvariantCulture, $"- {variant.Name} ({server.Name}, node {silo + 1}): {e.GetType().Name}: {e.Message}");
                }

                output.WriteLine($"{TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds,8:0} ms {row.Id} {variant.Name} ({server.Name}, node {silo + 1})");
            }
        }

        foreach (var server in asked)
        {
            output.WriteLine($"{await server.CheckSeriesAsync()} series of metrics ({server.Name})");
        }

        Assert.SkipWhen(runs == 0, "no variant of the row runs here");
        Assert.True(failed == 0, $"{row.Id} ({row.Request}): {failed} of {runs} runs failed\n{failures}");
    }
}
