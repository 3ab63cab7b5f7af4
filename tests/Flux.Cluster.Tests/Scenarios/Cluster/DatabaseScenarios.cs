using System.Globalization;
using System.Net;
using Flux.Testing.History;
using Flux.Testing.PostgreSql;
using Flux.Testing.Processes;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>The database stops, restarts, hangs, or is not there yet (fault model F17, F19, F20, F22).</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class DatabaseScenarios(SharedPostgreSql postgreSql)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F17_silos_wait_for_a_database_that_is_not_there_yet()
    {
        FaultSet.NeedsAll();
        await using var scenario = await ClusterScenario.CreateAsync("F17", postgreSql, hurts: true);
        await scenario.Server.StopAsync(PostgreSqlStop.Fast, scenario.Recorder, Cancellation);

        foreach (var member in scenario.Cluster.Members)
        {
            member.Launch();
        }

        await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 12, full: 60));
        foreach (var member in scenario.Cluster.Members)
        {
            Assert.Equal(HttpStatusCode.OK, await member.HealthAsync("live", Cancellation));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await member.HealthAsync("ready", Cancellation));
            using var client = scenario.Client("early", member);
            var refused = await client.TryPublishAsync(Probes.Event("early", "plant/early"), Cancellation);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (HttpStatusCode)refused.Status);
        }

        await scenario.Server.StartAgainAsync(Cancellation);
        var times = await Task.WhenAll(scenario.Cluster.Members.Select(m => m.WaitUntilReadyAsync(Cancellation)));
        scenario.Row.Measure("all silos ready after", times.Max(), "≤ 5 s after PG is up");
        Assert.Equal(0, scenario.Cluster.Evictions);
        await scenario.BeginAsync();
        await scenario.EndLoadAsync(HistoryRecorder.Now());
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Frames = 1_000 });
    }

    [Fact]
    public async Task F19_an_immediate_stop_of_the_database_loses_nothing_and_no_silo()
    {
        FaultSet.NeedsShort();
        await using var scenario = await ClusterScenario.StartAsync("F19", postgreSql, hurts: true);
        await scenario.BeginAsync();

        var stopped = HistoryRecorder.Now();
        await scenario.Server.StopAsync(PostgreSqlStop.Immediate, scenario.Recorder, Cancellation);
        await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 10, full: 15));
        var starting = HistoryRecorder.Now();
        await scenario.Server.StartAgainAsync(Cancellation);
        var up = HistoryRecorder.Now();

        scenario.Row.Measure("rate back", await scenario.EndLoadAsync(up), "≤ 5 s after PG is up");
        scenario.Row.Measure("first served after", scenario.Timeline().FirstServedAfter(up), "≤ 5 s");
        scenario.Row.Measure("longest answer meanwhile", scenario.Timeline().LongestAnswer(stopped, starting, _ => true), "≤ 1 s, with 503");
        scenario.AssertNobodyLeft();
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Frames = 1_000 });
    }

    [Fact]
    public async Task F20_restarts_of_the_database_lose_nothing_and_no_silo()
    {
        FaultSet.NeedsAll();
        var rounds = FaultSet.Rounds(least: 0, shortSet: 2, full: 5);
        await using var scenario = await ClusterScenario.StartAsync("F20", postgreSql, hurts: true);
        await scenario.BeginAsync();
        var up = 0L;
        for (var round = 0; round < rounds; round++)
        {
            await scenario.Server.StopAsync(PostgreSqlStop.Fast, scenario.Recorder, Cancellation);
            await scenario.Server.StartAgainAsync(Cancellation);
            up = HistoryRecorder.Now();
            await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 5, full: 30));
        }

        scenario.Row.Measure("rate back", await scenario.EndLoadAsync(up), "≤ 5 s after PG is up");
        scenario.Row.Measure("first served after", scenario.Timeline().FirstServedAfter(up), "≤ 5 s after PG is up");
        scenario.Row.Measure("longest outage of a client, with the restart", scenario.Timeline().LongestOutage(scenario.CleanUntil), "none");
        scenario.AssertNobodyLeft();
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Faults = rounds, Frames = 1_000 });
    }

    [Fact]
    public async Task F22_requests_end_by_their_deadline_while_the_database_hangs()
    {
        FaultSet.NeedsAll();
        await using var scenario = await ClusterScenario.StartAsync("F22", postgreSql, hurts: true);
        await scenario.BeginAsync();

        var frozen = HistoryRecorder.Now();
        var before = Sizes(scenario);
        await scenario.Server.FreezeAsync(scenario.Recorder, Cancellation);
        await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 15, full: 30));
        var hung = Sizes(scenario);
        scenario.Server.Thaw();
        var thawed = HistoryRecorder.Now();

        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(thawed), "≤ 5 s");
        scenario.Row.Measure("longest answer", scenario.Timeline().LongestAnswer(frozen, thawed, _ => true), "≤ 5 s");
        scenario.Row.Measure("more memory of a silo at its end, at most", Megabytes(before.Zip(hung, (b, h) => h.Memory - b.Memory).Max()), "≤ 150 MB");
        scenario.Row.Measure("more threads of a silo at its end, at most", $"{before.Zip(hung, (b, h) => h.Threads - b.Threads).Max()}", "≤ 50");
        scenario.AssertNobodyLeft();
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Frames = 1_000 });
    }

    private static List<(long Memory, long Threads)> Sizes(ClusterScenario scenario) =>
        [.. scenario.Cluster.Members.Select(m => (ProcessTable.MemoryOf(m.Process.Id), ProcessTable.ThreadsOf(m.Process.Id)))];

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:F0} MB");
}
