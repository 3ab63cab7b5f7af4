using Flux.Testing.Cluster;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.PostgreSql;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>Changes travel between silos: from wherever they are committed to every socket, whoever is lost.</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class PushScenarios(SharedPostgreSql postgreSql)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_change_committed_on_one_silo_reaches_the_sockets_on_all_others()
    {
        FaultSet.NeedsShort();
        await using var scenario = await ClusterScenario.StartAsync("cross-silo", postgreSql);
        await scenario.BeginAsync();
        await scenario.EndLoadAsync(HistoryRecorder.Now());

        scenario.AssertNobodyLeft();
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Faults = 0, Frames = 3_000 });
    }

    [Fact]
    public async Task The_loss_of_the_committing_silo_loses_no_change_for_a_socket_elsewhere()
    {
        FaultSet.NeedsShort();
        await using var scenario = await ClusterScenario.StartAsync("committer lost", postgreSql);
        var (victim, others) = (scenario.Cluster.Members[0], scenario.Cluster.Members.Skip(1).ToArray());
        foreach (var other in others)
        {
            await scenario.SubscribeAsync($"all-{other.Name}", "*", other, stays: true);
            await scenario.SubscribeAsync($"plant-{other.Name}", "plant/*", other, stays: true);
        }

        // All that is written in these seconds enters through the silo that is about to be lost, as fast as it can, so that much is in flight.
        var load = new WorldLoad([victim.Address], new LoadOptions { Writers = 16, Entities = 100 }, scenario.Recorder, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var writing = load.RunAsync(stop.Token, Cancellation);
        for (var round = 0; round < FaultSet.Rounds(least: 1, shortSet: 2, full: 10); round++)
        {
            await load.WaitForAsync(1_000, Cancellation);
            await victim.KillAsync(scenario.Recorder, Cancellation);
            await victim.StartAsync(Cancellation);
        }

        await load.WaitForAsync(100, Cancellation);
        await stop.CancelAsync();
        await writing;
        Assert.All(scenario.Subscribers, s => Assert.True(s.Endings.Count == 0, $"{s.Name} lost its socket"));
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Frames = 3_000 });
    }

    [Fact]
    public async Task Ten_silos_that_start_at_once_on_an_empty_database_all_come_up()
    {
        FaultSet.NeedsAll();
        await using var scenario = await ClusterScenario.StartAsync("ten silos", postgreSql, new FluxClusterOptions { Silos = 10 });
        foreach (var member in scenario.Cluster.Members)
        {
            using var client = scenario.Client($"on-{member.Name}", member);
            var answer = await client.PublishAsync(Probes.Event(member.Name, $"plant/{member.Name}"), Cancellation);
            Assert.Equal(200, answer.Status);
        }

        Assert.Equal(0, scenario.Cluster.Evictions);
        await scenario.FinishAsync(new HistoryThresholds { Acked = 10, DuplicateAcks = 0, Conflicts = 0, SettledUnknowns = 0, Faults = 0 });
    }
}
