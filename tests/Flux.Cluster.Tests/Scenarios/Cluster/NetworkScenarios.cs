using Flux.Testing.Cluster;
using Flux.Testing.History;
using Flux.Testing.PostgreSql;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>Links are cut or slow: between silos, and between a silo and the database (fault model F39 to F42).</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class NetworkScenarios(SharedPostgreSql postgreSql)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F39_a_silo_cut_off_from_the_others_stores_nothing_beside_them()
    {
        FaultSet.NeedsShort();
        await using var scenario = await ClusterScenario.StartAsync("F39", postgreSql, new FluxClusterOptions { HasSiloLinks = true });
        await scenario.BeginAsync();
        var victim = scenario.Cluster.Members[1];

        scenario.Cluster.Split(victim, scenario.Recorder);
        await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 20, full: 60));
        scenario.Cluster.Join(victim, scenario.Recorder);
        var healed = HistoryRecorder.Now();

        var times = await Task.WhenAll(scenario.Cluster.Members.Select(m => m.WaitUntilReadyAsync(Cancellation)));
        scenario.Row.Measure("all silos ready after", times.Max(), "≤ 20 s");
        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(healed), "≤ 20 s");
        await AssertOneSideWonAsync(scenario, victim);
        scenario.Row.Measure("longest outage of a client", scenario.Timeline().LongestOutage(scenario.CleanUntil), "none");
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Faults = 2, Frames = 1_000 });
    }

    [Fact]
    public async Task F40_a_silo_cut_off_from_the_database_says_so_and_the_others_go_on()
    {
        FaultSet.NeedsAll();
        await using var scenario = await ClusterScenario.StartAsync("F40", postgreSql, new FluxClusterOptions { HasPostgreSqlLinks = true });
        await scenario.BeginAsync();
        var victim = scenario.Cluster.Members[1];

        var cut = HistoryRecorder.Now();
        var fault = scenario.Recorder.AnnounceFault(FaultRecord.CutOff, $"{victim.Name} from the database", victim.Node);
        victim.PostgreSqlLink!.Drop();
        scenario.Row.Measure("unready after", await victim.WaitUntilUnreadyAsync(Cancellation), "≤ 5 s");
        await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 20, full: 60));
        if (victim.PostgreSqlLink.DroppedBytes > 0)
        {
            scenario.Recorder.ProveFault(fault, $"{victim.PostgreSqlLink.DroppedBytes} bytes were dropped");
        }

        var heal = scenario.Recorder.AnnounceFault(FaultRecord.Heal, victim.Name, victim.Node);
        victim.PostgreSqlLink.Pass();
        scenario.Recorder.ProveFault(heal, "the link passes");
        var healed = HistoryRecorder.Now();

        await victim.WaitUntilReadyAsync(Cancellation);
        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(healed), "none");
        scenario.Row.Measure("longest outage of a client", scenario.Timeline().LongestOutage(cut), "≤ 15 s");
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Faults = 2, Frames = 1_000 });
    }

    [Fact]
    public async Task F41_a_one_way_split_that_comes_and_goes_loses_nothing()
    {
        FaultSet.NeedsAll();
        await using var scenario = await ClusterScenario.StartAsync("F41", postgreSql, new FluxClusterOptions { HasSiloLinks = true });
        await scenario.BeginAsync();
        var (deaf, other) = (scenario.Cluster.Members[1], scenario.Cluster.Members[0]);
        var head = await scenario.HeadAsync();
        var fault = scenario.Recorder.AnnounceFault(FaultRecord.CutOff, $"what {other.Name} sends to {deaf.Name}, on and off", deaf.Node);
        for (var round = 0; round < FaultSet.Rounds(least: 0, shortSet: 4, full: 10); round++)
        {
            FluxCluster.SplitOneWay(from: other, to: deaf);
            await ClusterScenario.LastAsync(TimeSpan.FromSeconds(3));
            other.SiloLink!.Pass();
            deaf.SiloLink!.Pass();
            await ClusterScenario.LastAsync(TimeSpan.FromSeconds(3));
        }

        var dropped = deaf.SiloLink!.DroppedBytes + other.SiloLink!.DroppedBytes;
        if (dropped > 0)
        {
            scenario.Recorder.ProveFault(fault, $"{dropped} bytes were dropped");
        }

        var heal = scenario.Recorder.AnnounceFault(FaultRecord.Heal, deaf.Name, deaf.Node);
        scenario.Recorder.ProveFault(heal, "the links pass");
        var healed = HistoryRecorder.Now();
        var times = await Task.WhenAll(scenario.Cluster.Members.Select(m => m.WaitUntilReadyAsync(Cancellation)));
        scenario.Row.Measure("all silos ready after", times.Max(), "≤ 20 s");
        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(healed), "≤ 20 s");
        scenario.Row.Measure("silos that ended by themselves", $"{scenario.Cluster.Evictions}", "fewer than rounds: no ping-pong");
        scenario.Row.Measure("moves of the entity that moved most", $"{await LogWriters.MostMovesAsync(scenario.Cluster.Database, head)}", "≤ 10");
        scenario.Row.Measure("longest outage of a client", scenario.Timeline().LongestOutage(scenario.CleanUntil), "none");
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Faults = 2, Frames = 1_000 });
    }

    [Fact]
    public async Task F42_a_slow_link_to_the_database_costs_time_and_nothing_else()
    {
        FaultSet.NeedsAll();
        await using var scenario = await ClusterScenario.StartAsync("F42", postgreSql, new FluxClusterOptions { HasPostgreSqlLinks = true });
        await scenario.BeginAsync();

        var fault = scenario.Recorder.AnnounceFault("slow link", "all silos to the database", PostgreSqlServer.Node);
        var slow = HistoryRecorder.Now();
        foreach (var member in scenario.Cluster.Members)
        {
            member.PostgreSqlLink!.Delay(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(100));
        }

        await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 20, full: 60));
        var healed = HistoryRecorder.Now();
        foreach (var member in scenario.Cluster.Members)
        {
            member.PostgreSqlLink!.Pass();
        }

        var median = scenario.Timeline().Percentile(50, slow, healed);
        if (median > TimeSpan.FromMilliseconds(200))
        {
            scenario.Recorder.ProveFault(fault, $"the median of requests was {median.TotalMilliseconds:F0} ms");
        }

        scenario.Row.Measure("p99 meanwhile", scenario.Timeline().Percentile(99, slow, healed), "≤ 1 s");
        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(healed), "none");
        scenario.AssertNobodyLeft();
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Frames = 1_000 });
    }

    // The side that lost has ended, and what it still had in flight was refused, because it is on the list of those that may write no more.
    private static async Task AssertOneSideWonAsync(ClusterScenario scenario, ClusterMember victim)
    {
        var lost = scenario.Cluster.Members.Where(m => m.UnexpectedExits.Count > 0).ToList();
        var won = scenario.Cluster.Members.Except(lost).ToList();
        var fenced = await LogWriters.FencedAsync(scenario.Cluster.Database);
        scenario.Row.Measure("ended by themselves", string.Join(", ", lost.Select(m => m.Name).DefaultIfEmpty("none")), $"one side; {victim.Name} was cut off");
        scenario.Row.Measure("fenced", string.Join(", ", fenced), "those");
        Assert.True(lost.Count > 0, "nobody was declared dead");
        Assert.True(lost.Contains(victim) ? lost.Count == 1 : won.Count == 1, $"more than one side lost: {string.Join(", ", lost.Select(m => m.Name))}\n{scenario.Cluster.Output}");
        Assert.All(lost, m => Assert.Contains(fenced, name => name.IsOf(m)));
        Assert.All(won, m => Assert.DoesNotContain(fenced, name => name.IsOf(m) && !name.Contains('#', StringComparison.Ordinal)));
    }
}
