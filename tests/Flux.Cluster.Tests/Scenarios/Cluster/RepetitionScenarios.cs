using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.PostgreSql;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>Many requests under one event id at once, over all silos (fault model F51, F52).</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class RepetitionScenarios(SharedPostgreSql postgreSql)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F51_one_event_sent_a_thousand_times_over_all_silos_is_recorded_and_pushed_once()
    {
        await using var scenario = await ClusterScenario.StartAsync("F51", postgreSql);
        foreach (var member in scenario.Cluster.Members)
        {
            await scenario.SubscribeAsync($"on-{member.Name}", "plant/lamp", member);
        }

        var clients = scenario.Cluster.Members.Select(m => scenario.Client($"same-{m.Name}", m)).ToArray();
        var sent = Probes.Event("same", "plant/lamp");
        var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(i => clients[i % clients.Length].TryPublishAsync(sent, Cancellation)));

        Assert.All(answers, a => Assert.Equal(200, a.Status));
        Assert.Single(answers.Select(a => a.Events[0].Position).Distinct());
        Assert.Single(answers, a => !a.Events[0].Duplicate);
        await scenario.FinishAsync(new HistoryThresholds
        {
            Acked = 1_000,
            DuplicateAcks = 999,
            Conflicts = 0,
            SettledUnknowns = 0,
            Faults = 0,
            Frames = 3,
        });
    }

    [Fact]
    public async Task F52_of_a_hundred_events_under_one_id_over_all_silos_one_is_recorded()
    {
        FaultSet.NeedsShort();
        await using var scenario = await ClusterScenario.StartAsync("F52", postgreSql);
        await scenario.SubscribeAsync("all", "*", scenario.Cluster.Members[0]);
        var clients = scenario.Cluster.Members.Select(m => scenario.Client($"other-{m.Name}", m)).ToArray();

        // On different entities of one namespace, so that different silos have to agree.
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => clients[i % clients.Length].TryPublishAsync(
            OutgoingEvent.Create("one-id", "other", $$$"""{"entity_id":"plant/lamp-{{{i % 10}}}","properties":{"v":{{{i}}}}}"""), Cancellation)));

        Assert.Single(answers, a => a.Status == 200);
        Assert.Equal(99, answers.Count(a => a is { Status: 409, Code: Outcomes.Conflict }));
        await scenario.FinishAsync(new HistoryThresholds
        {
            Acked = 1,
            DuplicateAcks = 0,
            Conflicts = 99,
            SettledUnknowns = 0,
            Faults = 0,
            Frames = 1,
        });
    }
}
