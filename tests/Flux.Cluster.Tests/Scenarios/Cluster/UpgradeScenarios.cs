using Flux.Testing.History;
using Flux.Testing.PostgreSql;
using Flux.Testing.Processes;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>Two releases serve side by side while the silos are replaced one by one, there and back (fault model F12, F13).</summary>
/// <remarks>The earlier release is a build of another commit, which <c>FLUX_PREVIOUS_SERVER</c> names.</remarks>
[Collection(ClusterTestGroup.Name)]
public sealed class UpgradeScenarios(SharedPostgreSql postgreSql)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F12_F13_releases_share_a_cluster_while_it_is_upgraded_and_rolled_back()
    {
        Assert.SkipWhen(ServerBinary.Previous is null, "set FLUX_PREVIOUS_SERVER to the Flux.Server.dll of an earlier release");
        await using var scenario = await ClusterScenario.CreateAsync("F12, F13", postgreSql);
        foreach (var member in scenario.Cluster.Members)
        {
            member.Use(ServerBinary.Previous);
        }

        await scenario.Cluster.StartAsync(Cancellation);
        await scenario.BeginAsync();
        var began = HistoryRecorder.Now();

        await ReplaceAllAsync(scenario, serverAssembly: null);
        var upgraded = HistoryRecorder.Now();
        await ReplaceAllAsync(scenario, ServerBinary.Previous);

        var ended = HistoryRecorder.Now();
        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(ended), "none");
        scenario.Row.Measure("served during the upgrade", scenario.Timeline().ServedShare(began, upgraded, _ => true), "≥ 99.9 % after one retry");
        scenario.Row.Measure("served while rolled back", scenario.Timeline().ServedShare(upgraded, ended, _ => true), "none");
        scenario.Row.Measure("most failures in a row of a client", $"{scenario.Timeline().MostFailuresInARow(began, ended)}", "≤ 1");
        Assert.Equal(0, scenario.Cluster.Evictions);
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Faults = 6, Frames = 1_000 });
    }

    private static async Task ReplaceAllAsync(ClusterScenario scenario, string? serverAssembly)
    {
        foreach (var member in scenario.Cluster.Members)
        {
            Assert.Equal(0, await member.TerminateAsync(scenario.Recorder, Cancellation));
            member.Use(serverAssembly);
            await member.StartAsync(Cancellation);
            await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 4, full: 15));
        }
    }
}
