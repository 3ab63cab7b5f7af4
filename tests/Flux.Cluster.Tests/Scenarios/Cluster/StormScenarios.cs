using System.Diagnostics;
using System.Globalization;
using Flux.Cluster.Tests.Scenarios.Subscriptions;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.PostgreSql;
using Flux.Testing.Subscriptions;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>All sockets of a silo lose it at once and come back with their cursors elsewhere (fault model F46).</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class StormScenarios(SharedPostgreSql postgreSql)
{
    // A guard against hanging, and no target.
    private static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F46_all_sockets_of_a_lost_silo_catch_up_elsewhere()
    {
        FaultSet.NeedsShort();
        var sockets = FaultSet.IsLong ? 10_000 : 400;
        await using var scenario = await ClusterScenario.StartAsync("F46", postgreSql);
        await using var group = new SubscriberGroup(scenario.Recorder);
        var load = new WorldLoad(
            scenario.Cluster.Addresses,
            new LoadOptions { Writers = 8, Entities = 1_000, Pause = TimeSpan.FromMilliseconds(50) },
            scenario.Recorder,
            TimeProvider.System);
        await load.PreloadAsync(Cancellation);
        using var stop = new CancellationTokenSource();
        var writing = load.RunAsync(stop.Token, Cancellation);
        await load.WaitForAsync(100, Cancellation);
        foreach (var chunk in Enumerable.Range(0, sockets).Chunk(200))
        {
            var added = chunk.Select(n => group.Add(About(n, load), new SubscriberManners { First = SubscriptionStart.Now, Seed = n }, AddressesOf(n, scenario), inMemory: true)).ToList();
            foreach (var subscriber in added)
            {
                // A few at a time, as they come in life.
                Assert.True(await subscriber.ReachAsync(position: 0, WaitLimit, Cancellation), $"{subscriber.About.Name} was not subscribed within {WaitLimit}");
            }
        }

        var quiet = HistoryRecorder.Now();
        await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 5, full: 30));
        var killed = HistoryRecorder.Now();
        await scenario.Cluster.Members[0].KillAsync(scenario.Recorder, Cancellation);
        var afterKill = await CaughtUpAsync(group, killed);
        await scenario.Cluster.Members[0].StartAsync(Cancellation);
        await load.WaitForAsync(100, Cancellation);

        // Once more with all silos alive, so that what the writers see is the storm alone.
        await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 5, full: 30));
        var cut = HistoryRecorder.Now();
        foreach (var subscriber in group.Subscribers)
        {
            subscriber.Cut();
        }

        var afterCut = await CaughtUpAsync(group, cut);
        await ClusterScenario.LastAsync(TimeSpan.FromSeconds(2));
        var until = HistoryRecorder.Now();
        await stop.CancelAsync();
        await writing;

        await group.QuiesceAsync(async recorder => Assert.Empty(await PostgreSqlLogDump.DumpAsync(scenario.Cluster.Database, recorder, Cancellation)));
        var timeline = scenario.Timeline();
        scenario.Row.Measure($"{sockets} sockets were caught up after the kill within", Stopwatch.GetElapsedTime(killed, afterKill), "≤ 30 s");
        scenario.Row.Measure("served by survivors meanwhile", timeline.ServedShare(killed, afterKill, r => r.Node != scenario.Cluster.Members[0].Node), "≥ 90 %");
        scenario.Row.Measure("and after all were cut at once within", Stopwatch.GetElapsedTime(cut, afterCut), "≤ 30 s");
        scenario.Row.Measure("p99 of writers while quiet", timeline.Percentile(99, quiet, killed), "none");
        var (calm, after) = (timeline.Percentile(99, quiet, killed), timeline.Percentile(99, cut, until));
        scenario.Row.Measure("p99 of writers after the cut over that", string.Create(CultureInfo.InvariantCulture, $"{after / calm:F2}, {after.TotalSeconds:F2} s"), "≤ 4");
        await scenario.FinishAsync(new HistoryThresholds { Acked = 500, SettledUnknowns = 0, DuplicateAcks = 0, Conflicts = 0, Frames = 0 });
        var totals = group.Judge(group.ReadLog());
        Assert.True(totals.Resumes >= 2 * sockets, $"{totals.Resumes} of {2 * sockets} times a socket came back with a cursor");
    }

    private static async Task<long> CaughtUpAsync(SubscriberGroup group, long since)
    {
        foreach (var subscriber in group.Subscribers)
        {
            Assert.True(await subscriber.CatchUpAsync(since, WaitLimit, Cancellation), $"{subscriber.About.Name} was not caught up within {WaitLimit}");
        }

        return group.Subscribers.Max(s => s.CaughtUpAt);
    }

    private static SubscriptionDescription About(int number, WorldLoad load) => new()
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"s{number}"),
        Scope = SubscriptionScope.Of(load.EntityId(number % 1_000)),
    };

    // All on the first silo; then half on each of the others.
    private static Uri[] AddressesOf(int number, ClusterScenario scenario)
    {
        var members = scenario.Cluster.Members;
        return number % 2 == 0 ? [members[0].Address, members[1].Address, members[2].Address] : [members[0].Address, members[2].Address, members[1].Address];
    }
}
