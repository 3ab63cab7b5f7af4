using System.Net.WebSockets;
using Flux.Testing.Cluster;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.PostgreSql;
using Flux.Testing.Processes;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>Several silos on a database of their own, a load, subscribers on every silo, and the judgement at the end.</summary>
internal sealed class ClusterScenario : IAsyncDisposable
{
    // Guards against hanging, and is no target.
    private static readonly TimeSpan QuiesceLimit = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory _directory = new();
    private readonly List<FluxSubscriber> _subscribers = [];
    private CancellationTokenSource? _stopLoad;
    private Task? _writing;
    private WorldLoad? _load;
    private bool _isJudged;

    private ClusterScenario(string row, PostgreSqlServer server, FluxCluster cluster)
    {
        (Row, Server, Cluster) = (new FaultRow(row), server, cluster);
        Recorder = new HistoryRecorder(_directory.At("history"));
    }

    /// <summary>Gets what it will say about itself in the end.</summary>
    public FaultRow Row { get; }

    public PostgreSqlServer Server { get; }

    public FluxCluster Cluster { get; }

    public HistoryRecorder Recorder { get; }

    public WorldLoad Load => _load ?? throw new InvalidOperationException("begin the load first");

    public IReadOnlyList<FluxSubscriber> Subscribers => _subscribers;

    /// <summary>Gets the time at which the load had its first clean seconds behind it.</summary>
    public long CleanUntil { get; private set; }

    private long CleanFrom { get; set; }

    private bool HasDefect { get; init; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Makes an empty database and a cluster on it, not started yet; skips without PostgreSQL.</summary>
    /// <param name="row">The fault model's row, or a name.</param>
    /// <param name="shared">The tests' database server.</param>
    /// <param name="options">What the cluster is made of.</param>
    /// <param name="hurts">Whether the scenario hurts the database server, which must be ours for that.</param>
    public static async Task<ClusterScenario> CreateAsync(string row, SharedPostgreSql shared, FluxClusterOptions? options = null, bool hurts = false)
    {
        Assert.SkipWhen(PostgreSqlServer.WhyMissing is not null, PostgreSqlServer.WhyMissing ?? string.Empty);
        var server = await shared.StartedAsync();
        Assert.SkipWhen(hurts && !server.IsPrivate, $"{PostgreSqlServer.EnvironmentName} names a server that is not ours to hurt");
        await server.EnsureRunningAsync(Cancellation);
        var database = await server.CreateDatabaseAsync(Cancellation);
        options ??= new FluxClusterOptions();
        return new ClusterScenario(row, server, FluxCluster.Create(database, options, TimeProvider.System))
        {
            HasDefect = options.Environment.ContainsKey("FLUX_DEFECT"),
        };
    }

    /// <summary>The same, with all silos started.</summary>
    public static async Task<ClusterScenario> StartAsync(string row, SharedPostgreSql shared, FluxClusterOptions? options = null, bool hurts = false) =>
        await StartedAsync(await CreateAsync(row, shared, options, hurts));

    /// <summary>The same on a database server of the scenario's own.</summary>
    public static Task<ClusterScenario> StartAsync(string row, PostgreSqlServer server, string database) =>
        StartedAsync(new ClusterScenario(row, server, FluxCluster.Create(database, new FluxClusterOptions(), TimeProvider.System)));

    private static async Task<ClusterScenario> StartedAsync(ClusterScenario scenario)
    {
        try
        {
            var started = TimeProvider.System.GetTimestamp();
            await scenario.Cluster.StartAsync(Cancellation);
            Scenario.Print($"{scenario.Cluster.Members.Count} silos were ready after {TimeProvider.System.GetElapsedTime(started).TotalSeconds:F1} s");
            return scenario;
        }
        catch
        {
            await scenario.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client that goes on to the next silo when one fails.</summary>
    public FluxClient Client(string name) => new(name, Cluster.Addresses, Recorder, TimeProvider.System);

    /// <summary>A client of one silo.</summary>
    public FluxClient Client(string name, ClusterMember member) => new(name, member.Address, Recorder, TimeProvider.System);

    /// <summary>Adds a subscriber that prefers a silo and goes on to the others, or stays there whatever happens.</summary>
    public async Task<FluxSubscriber> SubscribeAsync(string name, string filter, ClusterMember member, bool stays = false)
    {
        Uri[] addresses = stays ? [member.Address] : [member.Address, .. Cluster.Addresses.Where(a => a != member.Address)];
        var subscriber = new FluxSubscriber(name, addresses, filter, Cluster.Addresses, Recorder, TimeProvider.System);
        _subscribers.Add(subscriber);
        await subscriber.ArmedAsync(Cancellation);
        return subscriber;
    }

    /// <summary>Gives the position of the last event, as the database has it.</summary>
    public async Task<long> HeadAsync() => (long)(await PostgreSqlServer.ExecuteAsync(Cluster.Database, "SELECT position FROM log_head", Cancellation))!;

    /// <summary>Gives each silo a clock of its own, before they start.</summary>
    /// <returns>The clocks, in the order of the silos; the caller disposes of them.</returns>
    public MovableClock[] GiveClocks()
    {
        var clocks = Cluster.Members.Select(_ => new MovableClock()).ToArray();
        foreach (var (member, clock) in Cluster.Members.Zip(clocks))
        {
            member.Set(clock.Environment);
        }

        return clocks;
    }

    /// <summary>
    /// Sets all entities once, puts subscribers on every silo (all, one exact id, one prefix), begins the load and lets it run undisturbed for a while.
    /// </summary>
    public async Task BeginAsync(LoadOptions? options = null)
    {
        options ??= new LoadOptions();

        // Paced, because clients, silos and database share one small machine, and a machine at its end evicts silos by itself.
        options = options with { Writers = 12, Entities = FaultSet.IsLong ? 1_000 : 200, Pause = TimeSpan.FromMilliseconds(25) };
        _load = new WorldLoad(Cluster.Addresses, options, Recorder, TimeProvider.System);
        await _load.PreloadAsync(Cancellation);
        var filters = new[] { "*", _load.EntityId(0), $"{options.Namespaces[0]}/*" };
        foreach (var (member, index) in Cluster.Members.Select((m, i) => (m, i)))
        {
            await SubscribeAsync($"all-{member.Name}", "*", member);
            await SubscribeAsync($"part-{member.Name}", filters[1 + (index % 2)], member);
        }

        _stopLoad = new CancellationTokenSource();
        _writing = _load.RunAsync(_stopLoad.Token, Cancellation);
        await _load.WaitForAsync(100, Cancellation); // connections are made
        CleanFrom = HistoryRecorder.Now();
        await LastAsync(FaultSet.Seconds(shortSet: 6, full: 30));
        CleanUntil = HistoryRecorder.Now();
    }

    /// <summary>Lets a time pass that a fault is defined to last, or that the fault model sets for watching.</summary>
    public static Task LastAsync(TimeSpan duration) => Task.Delay(duration, TimeProvider.System, Cancellation);

    /// <summary>Lets the load go on after a fault was healed, waits until it moves, and stops it.</summary>
    /// <returns>The time that passed since then until the rate was back, if it was seen to be.</returns>
    public async Task<TimeSpan?> EndLoadAsync(long healedAt)
    {
        await Load.WaitForAsync(200, Cancellation);
        await LastAsync(FaultSet.Seconds(shortSet: 7, full: 30));
        await _stopLoad!.CancelAsync();
        await _writing!;
        var timeline = Timeline();
        Row.Measure("failed requests while clean", timeline.CountedFailures(CleanFrom, CleanUntil), "= 0");
        Row.Measure("failed requests after", timeline.Failures(CleanUntil, long.MaxValue), "see the row");
        return timeline.RateBack(CleanFrom, CleanUntil, healedAt);
    }

    /// <summary>What the clients have seen so far.</summary>
    public RequestTimeline Timeline()
    {
        Recorder.Flush();
        return RequestTimeline.Load(Recorder.Directory);
    }

    /// <summary>The longest time that a subscriber was without a subscription in force after it had one.</summary>
    public TimeSpan LongestAbsence() => _subscribers.SelectMany(s => s.Absences.Skip(1)).DefaultIfEmpty().Max();

    /// <summary>Asserts that no silo ended by itself, and that no socket was lost.</summary>
    public void AssertNobodyLeft()
    {
        Assert.True(Cluster.Evictions == 0, $"silos ended by themselves: {string.Join(", ", Cluster.Members.Select(m => $"{m.Name} [{string.Join(' ', m.UnexpectedExits)}]"))}\n{Cluster.Output}");
        Assert.All(_subscribers, s => Assert.True(s.Endings.Count == 0, $"{s.Name} lost its socket"));
    }

    /// <summary>
    /// Ends the scenario once ingest has stopped: every subscriber must have everything, every silo serves the same state, all silos end in good order,
    /// the database fits together, a read model rebuilt from nothing gives the same again, and the checker finds nothing. Then a row is removed,
    /// which must turn it all red.
    /// </summary>
    /// <param name="thresholds">What the history must at least contain.</param>
    /// <param name="hasPast">Whether the silos have the memory to list states of the past.</param>
    public async Task FinishAsync(HistoryThresholds thresholds, bool hasPast = true)
    {
        try
        {
            await QuiesceAsync();
            await Task.WhenAll(Cluster.Members.Select(async m => await m.WaitUntilReadyAsync(Cancellation)));
            var past = hasPast ? Scenario.PastPositions(Recorder) : [];
            foreach (var member in Cluster.Members)
            {
                using var client = Client("state", member);
                await Scenario.DumpAsync(client, member.Node, past);
            }

            var exitCodes = await Task.WhenAll(Cluster.Members.Select(m => m.StopAsync(Cancellation)));
            Assert.All(exitCodes, code => Assert.Equal(0, code));
            Assert.Empty(await PostgreSqlLogDump.DumpAsync(Cluster.Database, Recorder, Cancellation));
            await RebuildAsync(past);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{e.Message}\nthe history is kept in {HistoryJudge.Keep(Recorder, Cluster.Output)}", e);
        }

        _isJudged = true;
        HistoryJudge.Judge(Recorder, thresholds, Cluster.Output, Row);
        await NegativeControl.RemoveARowAsync(Cluster.Database, Recorder.Directory, _directory.At("negative-control"), thresholds);
    }

    public async ValueTask DisposeAsync()
    {
        Row.Print();
        if (_stopLoad is not null)
        {
            await _stopLoad.CancelAsync();
        }

        // What still hangs is called off by what it talks to.
        var output = Cluster.Output;
        await Cluster.DisposeAsync();
        foreach (var subscriber in _subscribers)
        {
            await subscriber.DisposeAsync();
        }

        await Server.EnsureRunningAsync(CancellationToken.None);
        await Recorder.DisposeAsync();
        _stopLoad?.Dispose();
        _directory.Dispose();
        if (!_isJudged && !HasDefect)
        {
            ServerLog.AssertNothingUnhandled(output, Row.Name); // the end of all that have no history to judge, or did not come to it
        }
    }

    private async Task QuiesceAsync()
    {
        foreach (var subscriber in _subscribers)
        {
            Assert.True(await subscriber.QuiesceAsync(QuiesceLimit, Cancellation), $"{subscriber.Name} never got the last event");
        }

        foreach (var subscriber in _subscribers)
        {
            Assert.DoesNotContain(WebSocketCloseStatus.InternalServerError, subscriber.Endings);
            await subscriber.CloseAsync(Cancellation);
        }
    }

    private async Task RebuildAsync(long[] past)
    {
        await PostgreSqlServer.ExecuteAsync(Cluster.Database, DamagedWorld.ForgetReadModel, Cancellation);
        var member = Cluster.Members[0];
        await member.StartAsync(Cancellation);
        using (var client = Client("state", member))
        {
            await Scenario.DumpAsync(client, "rebuild", past);
        }

        Assert.Equal(0, await member.StopAsync(Cancellation));
    }
}
