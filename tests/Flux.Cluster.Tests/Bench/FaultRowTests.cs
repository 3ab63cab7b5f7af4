using Flux.Cluster.Tests.Scenarios;

namespace Flux.Cluster.Tests.Bench;

/// <summary>What is said of a measured value that misses its target.</summary>
public sealed class FaultRowTests
{
    [Theory]
    [InlineData("2.93 s", "≤ 1 s", false)]
    [InlineData("0.93 s", "≤ 1 s, with 503", true)]
    [InlineData("40.00 %", "≥ 90 %", false)]
    [InlineData("99.90 %", "≥ 99.9 % after one retry", true)]
    [InlineData("1.44, 17.3 ms before", "≤ 1.20", false)]
    [InlineData("7122", "≥ 2,000", true)]
    [InlineData("not seen", "≤ 5 s after PG is up", false)]
    [InlineData("0", "= 0", true)]
    [InlineData("2: 503 unavailable ×2", "= 0", false)]
    [InlineData("1.00 s", "none", null)]
    [InlineData("17 connections", "each whole", null)]
    public void A_value_is_held_against_the_bound_that_its_target_begins_with(string value, string target, bool? isMet) =>
        Assert.Equal(isMet, FaultRow.IsMet(value, target));

    [Theory]
    [InlineData("2.93 s", "p99 ≤ 1 s")]
    [InlineData("93 s", "≤ 1 %")]
    [InlineData("some", "≤ 1")]
    public void A_bound_that_would_judge_nothing_is_refused(string value, string target) => Assert.Throws<ArgumentException>(() => FaultRow.IsMet(value, target));
}
