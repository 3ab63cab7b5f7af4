using Flux.Testing.Cluster;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.PostgreSql;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>Controls of what differs on PostgreSQL: a database without one of its keys must turn the history red within three seeds.</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class PostgreSqlControls(SharedPostgreSql postgreSql)
{
    private const int Seeds = 3;
    private const string SecondActivation = "failpoint.second.activation";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task N12_two_activations_without_the_key_on_versions_are_seen_as_duplicated() => IsSeenAsync(HistoryCount.Duplicated, async scenario =>
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

    private async Task IsSeenAsync(HistoryCount count, Func<ClusterScenario, Task> run)
    {
        FaultSet.NeedsShort();
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["FLUX_FAILPOINTS"] = "on" };
        for (var seed = 1; seed <= Seeds; seed++)
        {
            await using var scenario = await ClusterScenario.StartAsync("N12", postgreSql, new FluxClusterOptions { Silos = 1, Environment = environment });
            await run(scenario);
            await PostgreSqlLogDump.DumpAsync(scenario.Cluster.Database, scenario.Recorder, Cancellation);
            scenario.Recorder.Flush();
            var report = HistoryChecker.Check(scenario.Recorder.Directory, new HistoryThresholds());
            Scenario.Print($"seed {seed}: {HistoryCounts.NameOf(count)} {report[count]}\n{report}");
            if (report is { Verdict: HistoryVerdict.Violated } && report[count] > 0)
            {
                return;
            }
        }

        Assert.Fail($"a database without its key was not seen by {HistoryCounts.NameOf(count)} in {Seeds} runs");
    }
}
