using Flux.Cluster.Tests.Scenarios.Cluster;
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
        await using var scenario = new Scenario { Row = new FaultRow("F51") };
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
    public async Task An_event_that_is_sent_again_long_after_and_over_a_restart_and_a_rebuild_is_a_repetition()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var scenario = new Scenario { Row = new FaultRow("F53") };
        await scenario.StartAsync();
        using var client = scenario.Client("late");
        var sent = OutgoingEvent.Create("long-ago", "late", """{"entity_id":"plant/lamp","properties":{"v":1}}""");
        var first = await client.PublishAsync(sent, cancellation);
        var batches = Scenario.IsLong ? 1_000 : 20;
        for (var batch = 0; batch < batches; batch++)
        {
            await client.PublishAsync([.. Enumerable.Range(0, 1_000).Select(i => Probes.Event($"other-{batch}-{i}", $"plant/e{i}"))], cancellation);
        }

        var restarted = await AgainAsync();
        await scenario.Server.KillAsync(scenario.Recorder, cancellation);
        foreach (var file in Directory.GetFiles(scenario.DataDirectory, "read-model.db*"))
        {
            File.Delete(file);
        }

        await scenario.StartAsync();
        var rebuilt = await AgainAsync();

        Assert.All([restarted, rebuilt], again => Assert.True(again is { Status: 200, Events: [{ Duplicate: true }] }, $"{again.Status} {again.Code}"));
        Assert.All([restarted, rebuilt], again => Assert.Equal(first.Events[0].Position, again.Events[0].Position));
        scenario.Row.Measure("rows in between", $"{batches * 1_000}", "1,000,000 with FLUX_LONG=1");
        await scenario.FinishAsync(new HistoryThresholds { Acked = 20_000, DuplicateAcks = 2, Conflicts = 0, SettledUnknowns = 0 });

        async Task<RequestRecord> AgainAsync()
        {
            Assert.Equal(0, await scenario.Server.StopAsync(cancellation));
            await scenario.StartAsync();
            return await client.PublishAsync(sent, cancellation);
        }
    }

    [Fact]
    public async Task Of_a_hundred_events_under_one_id_one_is_recorded_and_the_others_are_told()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var scenario = new Scenario { Row = new FaultRow("F52") };
        await scenario.StartAsync();
        using var client = scenario.Client("other");

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => client.TryPublishAsync(
            OutgoingEvent.Create("one-id", "other", $$$"""{"entity_id":"plant/lamp","properties":{"v":{{{i}}}}}"""), cancellation)));

        Assert.Single(answers, a => a.Status == 200);
        Assert.Equal(99, answers.Count(a => a is { Status: 409, Code: Outcomes.Conflict }));
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1, DuplicateAcks = 0, Conflicts = 99, SettledUnknowns = 0, Faults = 0 });
    }
}
