using System.Diagnostics;
using System.Globalization;
using Flux.Testing.History;
using Flux.Testing.Load;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>More comes in than can be stored, or all of it for one entity (fault model F49, F50).</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class OverloadScenarios
{
    private const int BatchEvents = 1_000;

    // As many batches at once as keep the writer busy, and five times what may wait for it (50,000 events).
    private const int EnoughClients = 12;
    private const int ManyClients = 250;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F49_a_burst_beyond_what_may_wait_is_refused_early_and_what_was_acknowledged_stays()
    {
        FaultSet.NeedsShort();
        await using var scenario = new Scenario { Row = new FaultRow("F49") };
        await scenario.StartAsync();
        await BatchesAsync(scenario, "warm", EnoughClients, TimeSpan.FromSeconds(1));

        var capacity = await BatchesAsync(scenario, "enough", EnoughClients, FaultSet.Seconds(shortSet: 2, full: 10));
        var fault = scenario.Recorder.AnnounceFault("burst", $"{ManyClients} batches of {BatchEvents} at once");
        var burst = await BatchesAsync(scenario, "burst", ManyClients, FaultSet.Seconds(shortSet: 3, full: 20));
        if (burst.Refused > 0)
        {
            scenario.Recorder.ProveFault(fault, $"{burst.Refused} events were refused");
        }

        var over = HistoryRecorder.Now();
        using var client = scenario.Client("after");
        var first = await client.TryPublishAsync(Probes.Event("after", "plant/after"), Cancellation);

        Assert.Equal(200, first.Status);
        scenario.Row.Measure("stored a second while it can be", Rate(capacity), "none");
        scenario.Row.Measure("goodput of the burst over that", burst.Stored / burst.Elapsed.TotalSeconds / (capacity.Stored / capacity.Elapsed.TotalSeconds), "≥ 80 %");
        scenario.Row.Measure("events refused", string.Create(CultureInfo.InvariantCulture, $"{burst.Refused} beside {burst.Stored} stored"), "some");
        scenario.Row.Measure("p99 of answers with all accepted", Percentile(burst.Accepted), "≤ 1 s");
        scenario.Row.Measure("p99 of answers with refusals", Percentile(burst.Refusing), "≤ 0.25 s");
        scenario.Row.Measure("first answer after", Stopwatch.GetElapsedTime(over, first.Answered), "≤ 5 s");
        await scenario.FinishAsync(new HistoryThresholds { Acked = 20_000, SettledUnknowns = 0, DuplicateAcks = 0, Conflicts = 0 });
    }

    [Fact]
    public async Task F50_an_entity_that_gets_the_whole_load_takes_it_and_the_others_do_not_notice()
    {
        FaultSet.NeedsShort();
        await using var scenario = new Scenario { Row = new FaultRow("F50") };
        await scenario.StartAsync();
        using var stop = new CancellationTokenSource();
        var others = Task.WhenAll(Enumerable.Range(0, 4).Select(n => WriteAsync(scenario, $"other-{n}", $"plant/other-{n}", TimeSpan.FromMilliseconds(20), stop.Token)));
        await ClusterScenario.LastAsync(TimeSpan.FromSeconds(2)); // warm
        var quiet = HistoryRecorder.Now();
        await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 4, full: 30));

        using var stopHot = new CancellationTokenSource();
        var hot = HistoryRecorder.Now();
        var writing = Enumerable.Range(0, 48).Select(n => WriteAsync(scenario, $"hot-{n}", "plant/hot", TimeSpan.Zero, stopHot.Token)).ToArray();
        await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 4, full: 30));
        await stopHot.CancelAsync();
        var written = (await Task.WhenAll(writing)).Sum();
        var until = HistoryRecorder.Now();
        await stop.CancelAsync();
        await others;

        var timeline = scenario.Timeline();
        var (before, meanwhile) = (timeline.Percentile(99, quiet, hot, IsOther), timeline.Percentile(99, hot, until, IsOther));
        scenario.Row.Measure(
            "events a second on one entity", string.Create(CultureInfo.InvariantCulture, $"{written / Stopwatch.GetElapsedTime(hot, until).TotalSeconds:F0}"), "≥ 2,000");
        scenario.Row.Measure(
            "p99 of the others over that before",
            string.Create(CultureInfo.InvariantCulture, $"{meanwhile / before:F2}, {before.TotalMilliseconds:F1} ms before"),
            "≤ 1.10");
        await scenario.FinishAsync(new HistoryThresholds { Acked = 2_000, SettledUnknowns = 0, DuplicateAcks = 0, Conflicts = 0, Faults = 0 });

        static bool IsOther(RequestRecord request) => request.Client.StartsWith("other", StringComparison.Ordinal);
    }

    private static string Rate(Outcome outcome) => string.Create(CultureInfo.InvariantCulture, $"{outcome.Stored / outcome.Elapsed.TotalSeconds:F0} events");

    private static TimeSpan? Percentile(List<TimeSpan> times)
    {
        times.Sort();
        return times.Count == 0 ? null : times[Math.Min(times.Count - 1, (int)(times.Count * 0.99))];
    }

    // Each client sends its next batch when it has the answer to the last, refused or not: nobody waits, and nobody asks again.
    private static async Task<Outcome> BatchesAsync(Scenario scenario, string name, int clients, TimeSpan duration)
    {
        var started = TimeProvider.System.GetTimestamp();
        var answers = (await Task.WhenAll(Enumerable.Range(0, clients).Select(async n =>
        {
            using var client = scenario.Client($"{name}-{n}");
            var seen = new List<RequestRecord>();
            while (TimeProvider.System.GetElapsedTime(started) < duration)
            {
                seen.Add(await client.TryPublishAsync(Batch(name, n, seen.Count), body => new ByteArrayContent(body), Cancellation));
            }

            return seen;
        }))).SelectMany(seen => seen).ToList();

        Assert.All(answers, a => Assert.True(a.Status is 200 or 503 or 429, $"{name} got {a.Status} {a.Code}"));
        var elapsed = TimeProvider.System.GetElapsedTime(started);
        var isRefusing = answers.ToLookup(a => a.Status != 200 || a.Events.Any(e => e.Error is not null), a => Stopwatch.GetElapsedTime(a.Sent, a.Answered));
        var stored = answers.Sum(a => a.Events.Count(e => e.Position is not null));
        return new Outcome(stored, answers.Sum(a => a.Events.Length) - stored, elapsed, [.. isRefusing[false]], [.. isRefusing[true]]);
    }

    private static OutgoingEvent[] Batch(string name, int client, int number) =>
    [
        .. Enumerable.Range(0, BatchEvents).Select(i => OutgoingEvent.Create(
            string.Create(CultureInfo.InvariantCulture, $"{name}-{client}-{number}-{i}"),
            "burst",
            string.Create(CultureInfo.InvariantCulture, $$$"""{"entity_id":"plant/b{{{(client * 7) + (i % 500)}}}","properties":{"v":{{{i}}}}}"""))),
    ];

    private static async Task<int> WriteAsync(Scenario scenario, string name, string entity, TimeSpan pause, CancellationToken stop)
    {
        using var client = scenario.Client(name);
        var written = 0;
        for (; !stop.IsCancellationRequested; written++)
        {
            var answer = await client.TryPublishAsync(Probes.Event($"{name}-{written}", entity), Cancellation);
            Assert.Equal(200, answer.Status);
            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, TimeProvider.System, Cancellation);
            }
        }

        return written;
    }

    private sealed record Outcome(long Stored, long Refused, TimeSpan Elapsed, List<TimeSpan> Accepted, List<TimeSpan> Refusing);
}
