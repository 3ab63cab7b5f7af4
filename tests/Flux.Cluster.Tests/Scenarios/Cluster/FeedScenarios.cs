using System.Diagnostics;
using System.Globalization;
using Flux.Cluster.Tests.Scenarios.Subscriptions;
using Flux.Testing.Cluster;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.PostgreSql;
using Flux.Testing.Subscriptions;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>The .NET client knows soon that its feed is dead, and never says so of one that lives; it hands over each change once.</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class FeedScenarios(SharedPostgreSql postgreSql)
{
    private const int FeedsPerSilo = 2;

    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(3);

    // A timer may be late on a machine that is busy with silos, database and clients.
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(500);

    // Guards against hanging, and no target.
    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_feed_of_a_frozen_silo_is_reported_dead_within_three_seconds_and_goes_on_elsewhere()
    {
        FaultSet.NeedsShort();
        await using var scenario = await ClusterScenario.StartAsync("frozen feed", postgreSql);
        await using var feeds = new FeedGroup(scenario);
        await feeds.BeginAsync(FeedsPerSilo);
        await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 5, full: 30));
        Assert.Empty(feeds.All.SelectMany(f => f.Reports));
        var victim = scenario.Cluster.Members[1];
        var hit = feeds.All.Where(f => f.ConnectedTo?.Authority == victim.Node).ToList();
        Assert.Equal(FeedsPerSilo, hit.Count);

        var frozen = HistoryRecorder.Now();
        await victim.FreezeAsync(scenario.Recorder, Cancellation);
        await Scenario.UntilAsync(() => hit.All(f => f.Reports.Any()), WaitLimit, "the feeds of the frozen silo to be reported dead");
        await Scenario.UntilAsync(() => hit.All(f => f.ConnectedTo is { } now && now.Authority != victim.Node), WaitLimit, "them to go on elsewhere");
        await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 3, full: 20));
        await victim.ThawAsync(scenario.Recorder, Cancellation);

        var slowest = hit.Max(f => Stopwatch.GetElapsedTime(frozen, f.Reports.First().At));
        scenario.Row.Measure("reported dead after the freeze", slowest, "≤ 3 s");
        await feeds.EndAsync();
        Assert.True(slowest <= SilenceLimit + Late, $"a dead feed was reported after {slowest}");
        Assert.All(hit, f => Assert.True(f.Reports.First().Report.Silence <= SilenceLimit + Late, $"a feed was silent for {f.Reports.First().Report.Silence}"));
        Assert.Empty(feeds.All.Except(hit).SelectMany(f => f.Reports));
    }

    [Fact]
    public async Task No_feed_is_reported_dead_while_silos_are_restarted_and_killed()
    {
        FaultSet.NeedsShort();
        var minutes = double.Parse(
            Environment.GetEnvironmentVariable("FLUX_FEED_MINUTES") is { Length: > 0 } asked ? asked : FaultSet.IsLong ? "10" : "1", CultureInfo.InvariantCulture);
        await using var scenario = await ClusterScenario.StartAsync("living feed", postgreSql);
        await using var feeds = new FeedGroup(scenario);
        await feeds.BeginAsync(FeedsPerSilo);
        var began = TimeProvider.System.GetTimestamp();
        for (var round = 0; TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromMinutes(minutes); round++)
        {
            await ClusterScenario.LastAsync(TimeSpan.FromSeconds(8));
            await RestartAsync(scenario, scenario.Cluster.Members[round % 3], isKilled: round % 3 == 2);
        }

        await ClusterScenario.LastAsync(SilenceLimit * 2);
        var losses = feeds.All.Sum(f => f.ConnectionChanges.Count(c => c.Change is Client.ConnectionChange.Lost));
        scenario.Row.Measure(string.Create(CultureInfo.InvariantCulture, $"connections lost in {minutes} minutes"), $"{losses}", "any");
        scenario.Row.Measure("feeds reported dead", $"{feeds.All.Sum(f => f.Reports.Count())}", "= 0");
        await feeds.EndAsync();
        Assert.True(losses > 0, "no connection was lost: nothing was shown");
        Assert.All(feeds.All, f => Assert.True(!f.Reports.Any(), $"{f.About} was reported dead: {string.Join(", ", f.ConnectionChanges.Select(c => c.Change))}"));
    }

    private static async Task RestartAsync(ClusterScenario scenario, ClusterMember member, bool isKilled)
    {
        if (isKilled)
        {
            await member.KillAsync(scenario.Recorder, Cancellation);
        }
        else
        {
            Assert.Equal(0, await member.TerminateAsync(scenario.Recorder, Cancellation));
        }

        await member.StartAsync(Cancellation);
    }

    /// <summary>Users of the client on every silo, and a light load.</summary>
    private sealed class FeedGroup(ClusterScenario scenario) : IAsyncDisposable
    {
        private readonly List<WatchedFeed> _feeds = [];
        private readonly CancellationTokenSource _stop = new();
        private Task _writing = Task.CompletedTask;

        public IReadOnlyList<WatchedFeed> All => _feeds;

        public async Task BeginAsync(int perSilo)
        {
            var load = new WorldLoad(
                scenario.Cluster.Addresses,
                new LoadOptions { Writers = 4, Entities = 120, Namespaces = SubscriberPlans.Namespaces, Pause = TimeSpan.FromMilliseconds(100) },
                scenario.Recorder,
                TimeProvider.System);
            await load.PreloadAsync(Cancellation);
            var addresses = scenario.Cluster.Addresses;
            for (var n = 0; n < addresses.Count * perSilo; n++)
            {
                var first = n % addresses.Count;
                _feeds.Add(new WatchedFeed(n % 2 == 0 ? "plant/*" : "*", [.. addresses.Skip(first), .. addresses.Take(first)]));
            }

            await Scenario.UntilAsync(() => _feeds.All(f => f.ConnectedTo is not null), WaitLimit, "all feeds to be connected");
            _writing = load.RunAsync(_stop.Token, Cancellation);
        }

        /// <summary>Ends the load, waits until every feed has all of it, and has the history and each feed judged.</summary>
        public async Task EndAsync()
        {
            await _stop.CancelAsync();
            await _writing;
            var head = await scenario.HeadAsync();
            await Scenario.UntilAsync(() => _feeds.All(f => f.Reached >= head), WaitLimit, $"all feeds to reach {head}");
            foreach (var feed in _feeds)
            {
                await feed.EndAsync();
            }

            await scenario.FinishAsync(new HistoryThresholds { Acked = 200, SettledUnknowns = 0, DuplicateAcks = 0, Conflicts = 0 });
            scenario.Recorder.Flush();
            var log = WorldLog.Load(scenario.Recorder.Directory);
            Assert.All(_feeds, f => Assert.Equal(new ExpectedChanges(f.About, log).Between(0, head).Select(c => c.Position), f.Positions));
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            foreach (var feed in _feeds)
            {
                await feed.DisposeAsync();
            }

            _stop.Dispose();
        }
    }
}
