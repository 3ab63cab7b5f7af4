using Flux.Testing.Cluster;
using Flux.Testing.History;
using Flux.Testing.PostgreSql;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>Silos are killed: one, all, all with the database, one again and again (fault model F01, F05, F06, F16).</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class KillScenarios(SharedPostgreSql postgreSql)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F01_the_others_go_on_when_one_silo_is_killed()
    {
        FaultSet.NeedsShort();
        var rounds = FaultSet.Rounds(least: 0, shortSet: 3, full: 10);
        await using var scenario = await ClusterScenario.StartAsync("F01", postgreSql);
        await scenario.BeginAsync();
        var shares = new List<double>();
        var restarted = 0L;
        for (var round = 0; round < rounds; round++)
        {
            var victim = scenario.Cluster.Members[(round * 2) % 3]; // 1, 3, 2, 1 …
            var killed = HistoryRecorder.Now();
            await victim.KillAsync(scenario.Recorder, Cancellation);
            await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 6, full: 15));
            await scenario.Load.WaitForAsync(50, Cancellation);
            restarted = HistoryRecorder.Now();
            shares.Add(scenario.Timeline().ServedShare(killed + (2 * System.Diagnostics.Stopwatch.Frequency), restarted, r => r.Node != victim.Node));
            await victim.StartAsync(Cancellation);
            await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 3, full: 25));
        }

        var rateBack = await scenario.EndLoadAsync(restarted);
        scenario.Row.Measure("served by survivors from 2 s after each kill", shares.Min(), "≥ 99 %");
        scenario.Row.Measure("sockets back after", scenario.LongestAbsence(), "≤ 10 s at p99");
        scenario.Row.Measure("longest outage of a client", scenario.Timeline().LongestOutage(scenario.CleanUntil), "≤ 15 s for each entity");
        scenario.Row.Measure("rate back after the last restart", rateBack, "none");
        Assert.Equal(0, scenario.Cluster.Evictions);
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Faults = rounds, Frames = 1_000 });
    }

    [Fact]
    public async Task F05_nothing_is_lost_when_all_silos_are_killed_at_once()
    {
        FaultSet.NeedsShort();
        await using var scenario = await ClusterScenario.StartAsync("F05", postgreSql);
        await scenario.BeginAsync();

        await KillAllAsync(scenario);
        var started = TimeProvider.System.GetTimestamp();
        await scenario.Cluster.StartAsync(Cancellation);

        scenario.Row.Measure("all silos ready after", TimeProvider.System.GetElapsedTime(started), "≤ 30 s");
        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(HistoryRecorder.Now()), "none");
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, Faults = 3, Frames = 1_000 });
    }

    [Fact]
    public async Task F06_nothing_is_lost_when_all_silos_and_the_database_are_killed()
    {
        FaultSet.NeedsAll();
        await using var scenario = await ClusterScenario.StartAsync("F06", postgreSql, hurts: true);
        await scenario.BeginAsync();

        await Task.WhenAll(scenario.Server.KillAsync(scenario.Recorder, Cancellation), KillAllAsync(scenario));
        await scenario.Server.StartAgainAsync(Cancellation);
        var started = TimeProvider.System.GetTimestamp();
        await scenario.Cluster.StartAsync(Cancellation);

        scenario.Row.Measure("all silos ready after", TimeProvider.System.GetElapsedTime(started), "≤ 30 s after PG is up");
        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(HistoryRecorder.Now()), "none");
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, Faults = 4, Frames = 1_000 });
    }

    [Fact]
    public async Task F16_a_silo_that_is_killed_again_and_again_leaves_nothing_behind()
    {
        FaultSet.NeedsAll();
        var rounds = FaultSet.Rounds(least: 0, shortSet: 4, full: 45);
        await using var scenario = await ClusterScenario.StartAsync("F16", postgreSql);
        await scenario.BeginAsync();
        var victim = scenario.Cluster.Members[1];
        var began = HistoryRecorder.Now();
        for (var round = 0; round < rounds; round++)
        {
            await victim.KillAsync(scenario.Recorder, Cancellation);
            await victim.StartAsync(Cancellation);
            await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 5, full: 17));
        }

        var ended = HistoryRecorder.Now();
        var connections = await PostgreSqlServer.ExecuteAsync(
            scenario.Cluster.Database, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()", Cancellation);
        var members = await PostgreSqlServer.ExecuteAsync(scenario.Cluster.Database, "SELECT count(*) FROM silo", Cancellation);
        scenario.Row.Measure("connections after the last round", $"{connections}", "bounded");
        scenario.Row.Measure("rows of membership", $"{members} after {rounds} rounds", "bounded");
        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(ended), "none");
        scenario.Row.Measure("served by survivors", scenario.Timeline().ServedShare(began, ended, r => r.Node != victim.Node), "≥ 99 %");
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Faults = rounds, Frames = 1_000 });
    }

    private static Task KillAllAsync(ClusterScenario scenario) =>
        Task.WhenAll(scenario.Cluster.Members.Select((ClusterMember m) => m.KillAsync(scenario.Recorder, Cancellation)));
}
