using System.Globalization;

namespace Flux.Cluster.Tests.Scenarios;

/// <summary>What the loads of a run begin with: <c>FLUX_SEED</c>, 1 by default. The same seed sends the same; what servers do differs.</summary>
internal static class Seed
{
    public static int Value { get; } =
        Environment.GetEnvironmentVariable("FLUX_SEED") is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : 1;
}
