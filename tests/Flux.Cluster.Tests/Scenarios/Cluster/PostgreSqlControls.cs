using Flux.Testing.Cluster;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.PostgreSql;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>
/// Controls of what differs on PostgreSQL: a database without one of its keys, or silos that commit late, must turn the history red within three seeds.
/// </summary>
[Collection(ClusterTestGroup.Name)]
public sealed class PostgreSqlControls(SharedPostgreSql postgreSql)
{
    private const string SecondActivation = "failpoint.second.activation";

    private static readonly Dictionary<string, string> Failpoints = new(StringComparer.Ordinal) { ["FLUX_FAILPOINTS"] = "on" };
    private static readonly Dictionary<string, string> CommitsLate = new(StringComparer.Ordinal) { ["FLUX_DEFECT"] = DefectControls.CommitsLate };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task N09_an_acknowledgement_before_its_commit_is_seen_as_lost_after_a_kill() => IsSeenAsync("N09", HistoryCount.Lost, CommitsLate, LoadAndKillAsync);

    [Fact]
    public Task N16_a_push_before_its_commit_is_seen_as_a_phantom_after_a_kill() => IsSeenAsync("N16", HistoryCount.Phantom, CommitsLate, LoadAndKillAsync);

    [Fact]
    public Task N12_two_activations_without_the_key_on_versions_are_seen_as_duplicated() => IsSeenAsync("N12", HistoryCount.Duplicated, Failpoints, async (scenario, _) =>
    {
        await PostgreSqlServer.ExecuteAsync(scenario.Cluster.Database, "ALTER TABLE entity_event DROP CONSTRAINT entity_event_pkey", Cancellation);
        await Task.WhenAll(((string[])["load.test", SecondActivation]).Select(async stream =>
        {
            using var client = scenario.Client(stream);
            for (var i = 0; i < 50; i++)
            {
                await client.TryPublishAsync(
                    OutgoingEvent.Create($"{stream}-{i}", "hot", $$$"""{"entity_id":"plant/hot","properties":{"v":{{{i}}}}}""", stream: stream), Cancellation);
            }
        }));
    });

    private static async Task LoadAndKillAsync(ClusterScenario scenario, int seed)
    {
        var silo = scenario.Cluster.Members[0];
        await scenario.SubscribeAsync("watches", "*", silo);
        var load = new WorldLoad(scenario.Cluster.Addresses, DefectControls.Sparse(seed), scenario.Recorder, TimeProvider.System);
        await DefectControls.RunUntilKilledAsync(load, () => silo.KillAsync(scenario.Recorder, Cancellation));
    }

    private async Task IsSeenAsync(string control, HistoryCount count, Dictionary<string, string> environment, Func<ClusterScenario, int, Task> run)
    {
        FaultSet.NeedsShort();
        for (var seed = 1; seed <= DefectControls.Seeds; seed++)
        {
            await using var scenario = await ClusterScenario.StartAsync(control, postgreSql, new FluxClusterOptions { Silos = 1, Environment = environment });
            await run(scenario, seed);
            await PostgreSqlLogDump.DumpAsync(scenario.Cluster.Database, scenario.Recorder, Cancellation);
            if (DefectControls.IsSeen(scenario.Recorder, count, seed))
            {
                return;
            }
        }

        Assert.Fail($"{control} was not seen by {HistoryCounts.NameOf(count)} in {DefectControls.Seeds} runs");
    }
}
