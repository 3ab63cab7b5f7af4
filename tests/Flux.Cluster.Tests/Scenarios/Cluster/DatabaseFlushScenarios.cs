using System.Globalization;
using Flux.Testing.History;
using Flux.Testing.PostgreSql;
using Flux.Testing.Processes;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>The disk of the database is slow to flush, or fails to (fault model F26, F27, on PostgreSQL).</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class DatabaseFlushScenarios(SharedPostgreSql postgreSql)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F26_slow_flushes_of_the_database_make_larger_commits_and_lose_nothing_and_no_silo()
    {
        FaultSet.NeedsAll();
        await using var scenario = await StartAsync("F26");
        await scenario.BeginAsync();
        var clean = await scenario.HeadAsync();

        var announced = scenario.Recorder.AnnounceFault("slow flush", "200 ms each", PostgreSqlServer.Node);
        await using var slow = await FlushFault.DelayAsync(scenario.Server.ProcessIds, TimeSpan.FromMilliseconds(200), Cancellation);
        var (from, before) = (HistoryRecorder.Now(), await scenario.HeadAsync());
        await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 8, full: 30));
        var (until, after) = (HistoryRecorder.Now(), await scenario.HeadAsync());
        var met = await slow.EndAsync();
        if (met > 0)
        {
            scenario.Recorder.ProveFault(announced, $"{met} flushes were held back");
        }

        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(HistoryRecorder.Now()), "soon");
        var timeline = scenario.Timeline();
        var (quiet, held) = (await EventsOfACommitAsync(scenario, 0, clean), await EventsOfACommitAsync(scenario, before, after));
        scenario.Row.Measure("median of requests meanwhile", timeline.Percentile(50, from, until), "a flush of 0.2 s, and those of the other silos before it");
        scenario.Row.Measure("events in a commit", string.Create(CultureInfo.InvariantCulture, $"{held:F1}, and {quiet:F1} before"), "more than before: commits grow");
        Assert.True(timeline.Percentile(50, from, until) > TimeSpan.FromMilliseconds(100), "acknowledgements did not wait for the flush");
        Assert.True(held > quiet, $"commits did not grow: {held:F1} events in one, {quiet:F1} before");
        scenario.AssertNobodyLeft();
        await scenario.FinishAsync(new HistoryThresholds { Acked = 500, SettledUnknowns = 0, Frames = 500 });
    }

    [Fact]
    public async Task F27_what_the_database_could_not_flush_is_not_acknowledged_and_the_silos_go_on_when_it_can()
    {
        FaultSet.NeedsShort();
        await using var scenario = await StartAsync("F27");
        await scenario.BeginAsync();

        var announced = scenario.Recorder.AnnounceFault("failing flush", "EIO", PostgreSqlServer.Node);
        await using var failing = await FlushFault.FailAsync(scenario.Server.ProcessIds, Cancellation);
        await failing.WaitForHitAsync(Cancellation);
        var from = HistoryRecorder.Now();
        await scenario.Server.WaitForOutputAsync("PANIC", Cancellation); // it never tries again what failed once, and comes up only when it can flush
        await ClusterScenario.LastAsync(TimeSpan.FromSeconds(5));
        var until = HistoryRecorder.Now();
        var met = await failing.EndAsync();
        if (met > 0)
        {
            scenario.Recorder.ProveFault(announced, $"{met} flushes failed");
        }

        await scenario.Server.RecoverAsync(Cancellation);
        var up = HistoryRecorder.Now();
        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(up), "soon");
        var timeline = scenario.Timeline();
        scenario.Row.Measure("answers meanwhile", timeline.Failures(from, until), "503, none acknowledged but repetitions");
        scenario.Row.Measure("first served after", timeline.FirstServedAfter(up), "≤ 5 s");
        scenario.AssertNobodyLeft();
        await scenario.FinishAsync(new HistoryThresholds { Acked = 500, SettledUnknowns = 0, Frames = 500 });
        FlushScenarios.AssertNothingAcknowledged(scenario.Recorder, from, until);
    }

    private Task<ClusterScenario> StartAsync(string row)
    {
        Assert.SkipWhen(FlushFault.WhyMissing is not null, FlushFault.WhyMissing ?? string.Empty);
        return ClusterScenario.StartAsync(row, postgreSql, hurts: true);
    }

    private static async Task<double> EventsOfACommitAsync(ClusterScenario scenario, long after, long upTo) => (double)(await PostgreSqlServer.ExecuteAsync(
        scenario.Cluster.Database,
        string.Create(CultureInfo.InvariantCulture, $"SELECT avg(count)::float8 FROM log_commit WHERE first_position > {after} AND first_position <= {upTo}"),
        Cancellation))!;
}
