using System.Globalization;
using Flux.Cluster.Tests.Scenarios.Subscriptions;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.Processes;
using Flux.Testing.Subscriptions;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>Few read slowly among many (fault model F44, F45): they get everything in the end, and the others do not notice.</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class SlowReaderScenarios
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task F44_one_slow_reader_gets_all_and_the_others_do_not_notice()
    {
        FaultSet.NeedsShort();
        return CrowdAsync("F44", FaultSet.IsLong ? 200 : 40, slow: 1, FaultSet.Rounds(least: 0, shortSet: 2, full: 5));
    }

    [Fact]
    public Task F45_a_hundred_slow_readers_of_a_thousand_get_all_and_the_others_do_not_notice()
    {
        FaultSet.NeedsAll();
        return CrowdAsync("F45", FaultSet.IsLong ? 900 : 90, FaultSet.IsLong ? 100 : 10, FaultSet.Rounds(least: 0, shortSet: 1, full: 3));
    }

    // In alternation: a time without slow readers, and one with them.
    private static async Task CrowdAsync(string row, int fast, int slow, int pairs)
    {
        await using var scenario = new Scenario { Row = new FaultRow(row) };
        await scenario.StartAsync();
        await using var group = new SubscriberGroup(scenario.Recorder);
        var load = scenario.Load(new LoadOptions
        {
            Writers = 6,
            Entities = 120,
            Namespaces = SubscriberPlans.Namespaces,
            Properties = (entity, id, random) => SubscriberPlans.Properties(entity, id, random, bulkBytes: 40_000),
            Pause = TimeSpan.FromMilliseconds(40),
        });
        await load.PreloadAsync(Cancellation);
        for (var number = 0; number < fast; number++)
        {
            group.Add(About($"fast-{number}", number % 2 == 0 ? "plant-2/*" : load.EntityId(number)), new SubscriberManners { First = SubscriptionStart.At(0), Seed = number }, [scenario.Address]);
        }

        using var stop = new CancellationTokenSource();
        var writing = load.RunAsync(stop.Token, Cancellation);
        await load.WaitForAsync(200, Cancellation);
        var windows = new List<(long From, long Turn, long Until)>();
        var memory = new List<long>(); // more with slow readers than just before
        for (var pair = 0; pair < pairs; pair++)
        {
            var from = HistoryRecorder.Now();
            await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 6, full: 20));
            var turn = HistoryRecorder.Now();
            var without = ProcessTable.MemoryOf(scenario.Server.Id);
            var added = AddSlow(group, slow, pair, scenario.Address);
            await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 6, full: 20));
            windows.Add((from, turn, HistoryRecorder.Now()));
            memory.Add(ProcessTable.MemoryOf(scenario.Server.Id) - without);
            foreach (var subscriber in added)
            {
                await subscriber.CalmAsync();
            }
        }

        await stop.CancelAsync();
        await writing;
        await group.QuiesceAsync(recorder =>
        {
            SqliteLogDump.Dump(scenario.DataDirectory, recorder);
            return Task.CompletedTask;
        });
        await scenario.FinishAsync(new HistoryThresholds { Acked = 500, SettledUnknowns = 0, DuplicateAcks = 0, Conflicts = 0, Faults = 0, Replayed = 500 });
        var log = group.ReadLog();
        var totals = group.Judge(log);

        // Who begins now is on the live path: only who was too slow for it is told that it is back.
        Assert.All(group.Subscribers.Skip(fast), s => Assert.True(s.CaughtUpAt > 0, $"{s.About.Name} was never too slow"));

        var crowd = group.Subscribers.Take(fast).Select(s => s.Records.Read()).ToList();
        var shares = windows.Select(w => P99(crowd, log, w.Turn, w.Until) / P99(crowd, log, w.From, w.Turn)).Order().ToList();
        scenario.Row.Measure("subscribers", $"{totals}", "each whole");
        scenario.Row.Measure(
            string.Create(CultureInfo.InvariantCulture, $"more memory of the server with {slow} slow readers, at most"),
            string.Create(CultureInfo.InvariantCulture, $"{memory.Max() / 1e6:F0} MB"),
            slow == 1 ? "a buffer of 1 MB; the process moves by more" : "≤ 150 MB");
        scenario.Row.Measure(
            string.Create(CultureInfo.InvariantCulture, $"push p99 of the others with {slow} slow readers over without, median of {pairs} pairs"),
            string.Create(CultureInfo.InvariantCulture, $"{shares[shares.Count / 2]:F2}, {P99(crowd, log, windows[0].From, windows[0].Turn):F1} ms without"),
            "≤ 1.10");
    }

    private static List<RecordedSubscriber> AddSlow(SubscriberGroup group, int count, int pair, Uri address) =>
    [
        .. Enumerable.Range(0, count).Select(n => group.Add(
            About(string.Create(CultureInfo.InvariantCulture, $"slow-{pair}-{n}"), "*") with { Slow = (SlowReading)(n % 2) },
            new SubscriberManners { First = SubscriptionStart.Now, Stalling = (TimeSpan.Zero, TimeSpan.FromSeconds(4)) }, // a frame every 4 s
            [address])),
    ];

    private static double P99(List<IEnumerable<SubscriptionRecord>> crowd, WorldLog log, long from, long until) =>
        PushTimes.Percentile(99, crowd, log.Times, from, until)?.TotalMilliseconds ?? double.NaN;

    private static SubscriptionDescription About(string name, string entity) => new() { Name = name, Scope = SubscriptionScope.Of(entity) };
}
