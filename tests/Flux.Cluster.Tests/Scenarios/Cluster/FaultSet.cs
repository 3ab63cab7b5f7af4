namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>Which faults were asked for: few by default, the short set with <c>FLUX_FAULTS=short</c>, all rows with short times with
/// <c>FLUX_FAULTS=all</c>, and all with the fault model's own times with <c>FLUX_LONG=1</c>.</summary>
internal static class FaultSet
{
    private static string? Asked => Environment.GetEnvironmentVariable("FLUX_FAULTS");

    /// <summary>Gets a value indicating whether the fault model's own times and rounds were asked for.</summary>
    public static bool IsLong => Scenario.IsLong;

    /// <summary>Gets a value indicating whether more than the default was asked for.</summary>
    public static bool IsShort => IsLong || Asked is "short" or "all";

    /// <summary>Skips a row of the short set when it was not asked for.</summary>
    public static void NeedsShort() => Assert.SkipUnless(IsShort, "runs in the short fault set: FLUX_FAULTS=short");

    /// <summary>Skips a row that is not in the short set when not all were asked for.</summary>
    public static void NeedsAll() => Assert.SkipUnless(IsLong || Asked is "all", "runs in the full fault set: FLUX_FAULTS=all, FLUX_LONG=1");

    /// <summary>Chooses a number of rounds.</summary>
    public static int Rounds(int least, int shortSet, int full) => IsLong ? full : IsShort ? shortSet : least;

    /// <summary>Chooses a duration, in seconds.</summary>
    public static TimeSpan Seconds(double shortSet, double full) => TimeSpan.FromSeconds(IsLong ? full : shortSet);
}
