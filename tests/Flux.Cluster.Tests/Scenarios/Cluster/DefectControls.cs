using Flux.Cluster.Tests.Scenarios.Subscriptions;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.Processes;
using Flux.Testing.Subscriptions;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>
/// The controls of the scenarios (fault model, section 5, kind S): a server with a defect that is built into debug builds for this, and switched on, must
/// turn the history red, by the count that is named, within three seeds.
/// </summary>
[Collection(ClusterTestGroup.Name)]
public sealed class DefectControls
{
    internal const int Seeds = 3;

    // So many versions apart are the snapshots that the server keeps of an entity.
    private const int SnapshotEvery = 256;

    // The names that the server gives them.
    internal const string CommitsLate = "commits-late";
    internal const string FlushesLate = "flushes-late";
    private const string ForgetsEventIds = "forgets-event-ids";
    private const string IgnoresVersions = "ignores-versions";
    private const string ResumesEarly = "resumes-early";
    private const string ResumesLate = "resumes-late";
    private const string DropsFrames = "drops-frames";
    private const string ComparesPrefixes = "compares-prefixes";
    private const string KeepsProperties = "keeps-properties";
    private const string SnapshotsAhead = "snapshots-ahead";
    private const string RewritesJson = "rewrites-json";
    private const string KeepsTokens = "keeps-tokens";
    private const string IgnoresFullDisk = "ignores-full-disk";

    // How long a subscriber with a defective server is waited for.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly SubscriberManners Restless = new() { First = SubscriptionStart.Now, CutAfter = TimeSpan.FromMilliseconds(300) };
    private static readonly SubscriberManners Lazy = new() { First = SubscriptionStart.Now, Stalling = (TimeSpan.Zero, TimeSpan.FromSeconds(3)) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task N09_an_acknowledgement_before_its_commit_is_seen_as_lost_after_a_kill() =>
        IsSeenAsync(CommitsLate, HistoryCount.Lost, LoadAndKillAsync);

    [Fact]
    public Task N11_event_ids_that_are_forgotten_with_the_memory_are_seen_as_duplicated() =>
        IsSeenAsync(ForgetsEventIds, HistoryCount.Duplicated, async (scenario, seed) =>
        {
            using var client = scenario.Client("late");
            var sent = Probes.Event($"again-{seed}", "plant/lamp");
            await client.PublishAsync(sent, Cancellation);
            await scenario.AbandonAsync();
            await scenario.StartAsync();
            await client.TryPublishAsync(sent, Cancellation);
        });

    [Fact]
    public Task N12_two_activations_without_a_fence_on_versions_are_seen_as_duplicated() =>
        IsSeenAsync(IgnoresVersions, HistoryCount.Duplicated, (scenario, _) =>
            Task.WhenAll(((string[])["load.test", "failpoint.second.activation"]).Select(async stream =>
            {
                using var client = scenario.Client(stream);
                for (var i = 0; i < 50; i++)
                {
                    await client.TryPublishAsync(
                        OutgoingEvent.Create($"{stream}-{i}", "hot", $$$"""{"entity_id":"plant/hot","properties":{"v":{{{i}}}}}""", stream: stream), Cancellation);
                }
            })));

    [Fact]
    public Task N14_a_subscription_that_resumes_too_late_is_seen_to_have_a_gap() => IsSeenAsync(ResumesLate, SubscriptionFault.Gap, Restless);

    [Fact]
    public Task N14_a_subscription_that_resumes_too_early_is_seen_to_repeat_itself() => IsSeenAsync(ResumesEarly, SubscriptionFault.Repeat, Restless);

    [Fact]
    public Task N15_frames_that_a_full_socket_loses_are_seen_as_a_gap() => IsSeenAsync(DropsFrames, SubscriptionFault.Gap, Lazy);

    [Fact]
    public Task N16_a_push_before_its_commit_is_seen_as_a_phantom_after_a_kill() =>
        IsSeenAsync(CommitsLate, HistoryCount.Phantom, LoadAndKillAsync);

    [Fact]
    public Task N17_namespaces_that_are_compared_by_prefix_are_seen_as_cross_tenant() =>
        IsSeenAsync(ComparesPrefixes, HistoryCount.CrossTenant, TenantsAsync, Tenants.Environment);

    [Fact]
    public Task N18_a_deletion_that_keeps_the_properties_is_seen_in_the_state() =>
        IsSeenAsync(KeepsProperties, HistoryCount.StateFold, async (scenario, seed) =>
        {
            await LoadAsync(scenario, seed);
            using var client = scenario.Client("state");
            await client.DumpStateAsync(scenario.Server.Node, Cancellation);
        });

    [Fact]
    public Task N18_a_snapshot_that_says_a_version_too_much_is_seen_in_the_state_of_the_past() =>
        IsSeenAsync(SnapshotsAhead, HistoryCount.StateFold, async (scenario, seed) =>
        {
            using var client = scenario.Client("writes");
            long? behindSnapshot = null;
            for (var version = 1; version <= SnapshotEvery + 10; version++)
            {
                var answer = await client.PublishAsync(Probes.Event($"{seed}-{version}", "plant/lamp"), Cancellation);
                behindSnapshot = version == SnapshotEvery + 1 ? answer.Events[0].Position : behindSnapshot;
            }

            await client.DumpStateAsync(scenario.Server.Node, Cancellation);
            await client.DumpStateAsync(scenario.Server.Node, behindSnapshot, Cancellation);
        });

    [Fact]
    public Task N19_json_that_is_written_anew_is_seen_as_altered() => IsSeenAsync(RewritesJson, HistoryCount.Altered, LoadAsync);

    [Fact]
    public Task N20_a_revoked_token_that_still_works_is_seen_as_cross_tenant() =>
        IsSeenAsync(KeepsTokens, HistoryCount.CrossTenant, TenantsAsync, Tenants.Environment);

    [Fact]
    public async Task N21_an_acknowledgement_on_a_full_disk_is_seen_as_lost()
    {
        await using var disk = await SmallDisk.TryMountAsync(megabytes: 48, Cancellation);
        Assert.SkipWhen(disk is null, "a tmpfs cannot be mounted here: run as root to test a full disk");
        await IsSeenAsync(
            IgnoresFullDisk,
            HistoryCount.Lost,
            async (scenario, _) =>
            {
                using var client = scenario.Client("full");
                disk.Fill();
                for (var i = 0; i < 50; i++)
                {
                    await client.TryPublishAsync(
                        OutgoingEvent.Create($"full-{i}", "full", $$$"""{"entity_id":"plant/full","properties":{"v":"{{{new string('x', 20_000)}}}"}}"""), Cancellation);
                }

                await scenario.AbandonAsync();
                disk.Free();
            },
            environment: null,
            disk.At);
    }

    /// <summary>Says whether the checker sees a defect, by the count that is named.</summary>
    internal static bool IsSeen(HistoryRecorder recorder, HistoryCount count, int seed)
    {
        recorder.Flush();
        var report = HistoryChecker.Check(recorder.Directory, new HistoryThresholds());
        Scenario.Print($"seed {seed}: {HistoryCounts.NameOf(count)} {report[count]}\n{report}");
        return report is { Verdict: HistoryVerdict.Violated } && report[count] > 0;
    }

    /// <summary>Few writers that pause: behind an append the next one is not there at once.</summary>
    internal static LoadOptions Sparse(int seed) => new() { Writers = 2, Entities = 50, Pause = TimeSpan.FromMilliseconds(50), Seed = seed };

    /// <summary>Kills a server on the way: what was acknowledged and pushed, and is committed late, is the last append.</summary>
    internal static async Task RunUntilKilledAsync(WorldLoad load, Func<Task> kill)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var writing = load.RunAsync(CancellationToken.None, stop.Token);
        await load.WaitForAsync(40, Cancellation);
        await kill();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
    }

    private static Task IsSeenAsync(string defect, HistoryCount count, Func<Scenario, int, Task> run, IReadOnlyDictionary<string, string>? environment = null) =>
        IsSeenAsync(defect, count, run, environment, directoryOf: null);

    private static async Task IsSeenAsync(
        string defect, HistoryCount count, Func<Scenario, int, Task> run, IReadOnlyDictionary<string, string>? environment, Func<string, string>? directoryOf)
    {
        FaultSet.NeedsShort();
        for (var seed = 1; seed <= Seeds; seed++)
        {
            await using var scenario = new Scenario(directoryOf?.Invoke($"data-{seed}")) { Environment = With(defect, environment) };
            await scenario.StartAsync();
            await run(scenario, seed);
            await scenario.AbandonAsync();
            SqliteLogDump.Dump(scenario.DataDirectory, scenario.Recorder);
            if (IsSeen(scenario.Recorder, count, seed))
            {
                return;
            }
        }

        Assert.Fail($"a server that {defect} was not seen by {HistoryCounts.NameOf(count)} in {Seeds} runs");
    }

    // A subscriber to everything, while changes of all sizes come in.
    private static async Task IsSeenAsync(string defect, SubscriptionFault fault, SubscriberManners manners)
    {
        FaultSet.NeedsShort();
        var about = new SubscriptionDescription { Name = "watched", Scope = SubscriptionScope.Of("*") };
        for (var seed = 1; seed <= Seeds; seed++)
        {
            await using var scenario = new Scenario { Environment = With(defect, environment: null) };
            await scenario.StartAsync();
            using var records = new SubscriptionMemory();
            await using var subscriber = new RecordedSubscriber(about, manners with { Seed = seed }, [scenario.Address], records, TimeProvider.System);
            var load = scenario.Load(new LoadOptions
            {
                Writers = 4,
                Entities = 60,
                Namespaces = SubscriberPlans.Namespaces,
                Properties = (entity, id, random) => SubscriberPlans.Properties(entity, id, random, bulkBytes: 60_000),
                Pause = TimeSpan.FromMilliseconds(10),
                Seed = seed,
            });
            using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(5), TimeProvider.System);
            await load.RunAsync(stop.Token, Cancellation);
            await subscriber.CalmAsync();
            SqliteLogDump.Dump(scenario.DataDirectory, scenario.Recorder); // nothing is written now, so that a copy of its files is whole
            scenario.Recorder.Flush();
            var log = WorldLog.Load(scenario.Recorder.Directory);
            await subscriber.ReachAsync(new ExpectedChanges(about, log).Last, Patience, Cancellation);
            subscriber.Quiesce(log.Head);
            await subscriber.CloseAsync();
            var report = SubscriptionChecker.Check(about, log, records.Read(), []);
            Scenario.Print($"seed {seed}: {fault} {report[fault]}\n{report}");
            if (report[fault] > 0)
            {
                return;
            }
        }

        Assert.Fail($"a server that {defect} was not seen by {fault} in {Seeds} runs");
    }

    private static Dictionary<string, string> With(string defect, IReadOnlyDictionary<string, string>? environment) =>
        new(environment ?? new Dictionary<string, string>(), StringComparer.Ordinal) { ["FLUX_DEFECT"] = defect, ["FLUX_FAILPOINTS"] = "on" };

    private static Task LoadAsync(Scenario scenario, int seed) =>
        scenario.Load(new LoadOptions { Writers = 4, Entities = 20, DeleteShare = 0.2, StepsPerWriter = 50, Seed = seed })
            .RunAsync(CancellationToken.None, Cancellation);

    private static async Task LoadAndKillAsync(Scenario scenario, int seed)
    {
        await using var socket = await scenario.ConnectAsync("watches");
        await RunUntilKilledAsync(scenario.Load(Sparse(seed)), scenario.AbandonAsync);
        await scenario.StartAsync();
    }

    private static async Task TenantsAsync(Scenario scenario, int seed)
    {
        await using var tenants = await Tenants.RegisterAsync(scenario);
        await tenants.RunAsync(seed);
    }
}
