using System.Globalization;
using Flux.Testing.Cluster;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.PostgreSql;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>Silos stand still for a while and go on: too short to be noticed, long enough to be declared dead (fault model F07, F08, F09).</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class FreezeScenarios(SharedPostgreSql postgreSql)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F07_nobody_is_declared_dead_for_a_short_freeze()
    {
        FaultSet.NeedsAll();
        var rounds = FaultSet.Rounds(least: 0, shortSet: 3, full: 20);
        await using var scenario = await ClusterScenario.StartAsync("F07", postgreSql);
        await scenario.BeginAsync();
        for (var round = 0; round < rounds; round++)
        {
            var victim = scenario.Cluster.Members[round % 3];
            await victim.FreezeAsync(scenario.Recorder, Cancellation);
            await ClusterScenario.LastAsync(TimeSpan.FromSeconds(3));
            await victim.ThawAsync(scenario.Recorder, Cancellation);
            await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 5, full: 10));
        }

        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(HistoryRecorder.Now()), "none");
        scenario.AssertNobodyLeft();
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Faults = 2 * rounds, Frames = 1_000 });
    }

    [Fact]
    public async Task F08_a_silo_that_was_frozen_and_declared_dead_stores_nothing_and_comes_back_as_a_new_one()
    {
        FaultSet.NeedsShort();
        await using var scenario = await ClusterScenario.StartAsync("F08", postgreSql);
        await scenario.BeginAsync(new LoadOptions { Pinned = true });
        var victim = scenario.Cluster.Members[1];

        await victim.FreezeAsync(scenario.Recorder, Cancellation);
        await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 25, full: 60));
        var fenced = await FencedAsync(scenario);
        var head = await HeadAsync(scenario);
        await victim.ThawAsync(scenario.Recorder, Cancellation);
        var thawed = HistoryRecorder.Now();

        // It must learn that it is dead, end, and be started again.
        var started = TimeProvider.System.GetTimestamp();
        await WaitUntilAsync(() => victim.UnexpectedExits.Count > 0, $"{victim.Name} to end by itself", scenario);
        await victim.WaitUntilReadyAsync(Cancellation);
        scenario.Row.Measure("back as a new generation after", TimeProvider.System.GetElapsedTime(started), "≤ 20 s");
        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(thawed), "none");
        Assert.All(victim.UnexpectedExits, code => Assert.NotEqual(0, code));
        Assert.Equal([victim], scenario.Cluster.Members.Where(m => m.UnexpectedExits.Count > 0));
        var late = await PostgreSqlServer.ExecuteAsync(
            scenario.Cluster.Database,
            string.Create(CultureInfo.InvariantCulture, $"SELECT count(*) FROM log_commit WHERE first_position > {head} AND writer = ANY ('{fenced}')"),
            Cancellation);
        scenario.Row.Measure("writers fenced while it was frozen", fenced, "its own");
        Assert.Equal(0L, late);
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, Faults = 2, Frames = 1_000 });
    }

    [Fact]
    public async Task F09_nothing_is_wrong_when_two_of_three_are_frozen()
    {
        FaultSet.NeedsAll();
        await using var scenario = await ClusterScenario.StartAsync("F09", postgreSql);
        await scenario.BeginAsync();
        ClusterMember[] victims = [scenario.Cluster.Members[0], scenario.Cluster.Members[2]];

        var frozen = HistoryRecorder.Now();
        await Task.WhenAll(victims.Select(v => v.FreezeAsync(scenario.Recorder, Cancellation)));
        await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 25, full: 60));
        await Task.WhenAll(victims.Select(v => v.ThawAsync(scenario.Recorder, Cancellation)));
        var thawed = HistoryRecorder.Now();

        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(thawed), "≤ 20 s");
        scenario.Row.Measure(
            "served by the third meanwhile",
            scenario.Timeline().ServedShare(frozen, thawed, r => r.Node == scenario.Cluster.Members[1].Node),
            "any, else 503");
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, Faults = 4, Frames = 1_000 });
    }

    private static async Task<string> FencedAsync(ClusterScenario scenario) =>
        (string)(await PostgreSqlServer.ExecuteAsync(scenario.Cluster.Database, "SELECT fenced::text FROM log_head", Cancellation))!;

    private static async Task<long> HeadAsync(ClusterScenario scenario) =>
        (long)(await PostgreSqlServer.ExecuteAsync(scenario.Cluster.Database, "SELECT position FROM log_head", Cancellation))!;

    private static async Task WaitUntilAsync(Func<bool> holds, string what, ClusterScenario scenario)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(25), TimeProvider.System);
        try
        {
            while (!holds())
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"waited a minute for {what}\n{scenario.Cluster.Output}");
        }
    }
}
