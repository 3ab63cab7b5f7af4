using Flux.Testing.History;
using Flux.Testing.Load;

namespace Flux.Cluster.Tests.Scenarios;

/// <summary>Many requests under one event id at once (fault model F51 and F52, one node).</summary>
public sealed class RepetitionTests
{
    [Fact]
    public async Task One_event_sent_a_thousand_times_at_once_is_recorded_once()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var scenario = new Scenario();
        await scenario.StartAsync();
        using var client = scenario.Client("same");
        var sent = OutgoingEvent.Create("same", "same", """{"entity_id":"plant/lamp","properties":{"v":1}}""");

        var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => client.TryPublishAsync(sent, cancellation)));

        Assert.All(answers, a => Assert.Equal(200, a.Status));
        Assert.Single(answers.Select(a => a.Events[0].Position).Distinct());
        Assert.Single(answers, a => !a.Events[0].Duplicate);
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, DuplicateAcks = 999, Conflicts = 0, SettledUnknowns = 0, Faults = 0 });
    }

    [Fact]
    public async Task Of_a_hundred_events_under_one_id_one_is_recorded_and_the_others_are_told()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var scenario = new Scenario();
        await scenario.StartAsync();
        using var client = scenario.Client("other");

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => client.TryPublishAsync(
            OutgoingEvent.Create("one-id", "other", $$$"""{"entity_id":"plant/lamp","properties":{"v":{{{i}}}}}"""), cancellation)));

        Assert.Single(answers, a => a.Status == 200);
        Assert.Equal(99, answers.Count(a => a is { Status: 409, Code: Outcomes.Conflict }));
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1, DuplicateAcks = 0, Conflicts = 99, SettledUnknowns = 0, Faults = 0 });
    }
}
