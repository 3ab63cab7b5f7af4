using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Flux.Cluster.Tests.Scenarios.Subscriptions;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.PostgreSql;
using Flux.Testing.Processes;
using Flux.Testing.Subscriptions;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>Others take the processor, or the disk of the database's tables or of its write-ahead log (fault model F15, F28 on PostgreSQL, F29).</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class MachineScenarios(SharedPostgreSql postgreSql)
{
    private const int BusyLoops = 8;

    // What cannot be compressed.
    private static readonly string Large = Convert.ToBase64String(RandomNumberGenerator.GetBytes(15_000));

    // A guard against hanging, and no target.
    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F15_silos_that_are_starved_of_processor_time_lose_nothing()
    {
        FaultSet.NeedsAll();
        await using var scenario = await ClusterScenario.StartAsync("F15", postgreSql);
        await scenario.BeginAsync();

        var fault = scenario.Recorder.AnnounceFault("busy loops", $"{BusyLoops} processes", "machine");
        var loops = Enumerable.Range(0, BusyLoops).Select(_ => Process.Start(new ProcessStartInfo("sh", ["-c", "while :; do :; done"]))!).ToList();
        loops.ForEach(LiveProcesses.Add);
        await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 20, full: 60));
        var taken = loops.Sum(loop => loop.TotalProcessorTime.TotalSeconds);
        loops.ForEach(LiveProcesses.Kill);
        loops.ForEach(loop => loop.Dispose());
        if (taken > BusyLoops)
        {
            scenario.Recorder.ProveFault(fault, string.Create(CultureInfo.InvariantCulture, $"they took {taken:F1} s of processor time"));
        }

        var over = HistoryRecorder.Now();
        await Task.WhenAll(scenario.Cluster.Members.Select(member => member.WaitUntilReadyAsync(Cancellation)));
        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(over), "soon");
        scenario.Row.Measure("silos declared dead", scenario.Cluster.Evictions.ToString(CultureInfo.InvariantCulture), "≤ 1");
        Assert.InRange(scenario.Cluster.Evictions, 0, 1);
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Frames = 1_000 });
    }

    [Fact]
    public async Task F28_a_full_disk_of_the_tables_refuses_writes_loses_none_and_recovers()
    {
        FaultSet.NeedsShort();
        await using var disk = await MountForDatabaseAsync();
        await using var server = await PostgreSqlServer.StartPrivateAsync(Path.GetTempPath(), TimeProvider.System, Cancellation);
        await using var scenario = await ClusterScenario.StartAsync("F28", server, await server.CreateDatabaseOnAsync(disk.Path, Cancellation));
        await scenario.BeginAsync();

        var fault = scenario.Recorder.AnnounceFault("disk full", disk.Path, PostgreSqlServer.Node);
        var proof = disk.Fill();
        using var client = scenario.Client("full");
        await Scenario.UntilAsync(() => IsFullAsync(client), WaitLimit, "an answer that says storage_full");
        var full = HistoryRecorder.Now();
        await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 5, full: 30));
        Assert.True(await client.ReadAsync(scenario.Load.EntityId(0), Cancellation) is { Status: 200 or 404 }, "reads do not go on");
        Assert.Equal(HttpStatusCode.OK, await scenario.Cluster.Members[0].HealthAsync("live", Cancellation));
        await using var group = new SubscriberGroup(scenario.Recorder);
        await FollowFromTheFirstAsync(scenario, group);
        Assert.True(await IsFullAsync(client), "the disk is not full any more");
        scenario.Recorder.ProveFault(fault, proof);
        disk.Free();
        var freed = HistoryRecorder.Now();

        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(freed), "≤ 10 s");
        scenario.Row.Measure("answers meanwhile", scenario.Timeline().Failures(full, freed), "503 storage_full, and not every one: rows are written where there is room");
        scenario.AssertNobodyLeft();
        await group.QuiesceAsync(async recorder => Assert.Empty(await PostgreSqlLogDump.DumpAsync(scenario.Cluster.Database, recorder, Cancellation)));
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Frames = 1_000, Replayed = 300 });
        scenario.Row.Measure("subscribers", $"{group.Judge(group.ReadLog())}", "each whole");
    }

    [Fact]
    public async Task F29_a_full_disk_of_the_write_ahead_log_loses_nothing_and_no_silo()
    {
        FaultSet.NeedsAll();
        await using var disk = await MountForDatabaseAsync();
        await using var server = await PostgreSqlServer.StartWithLogOnAsync(disk.Path, TimeProvider.System, Cancellation);
        await using var scenario = await ClusterScenario.StartAsync("F29", server, await server.CreateDatabaseAsync(Cancellation));
        await scenario.BeginAsync();

        var fault = scenario.Recorder.AnnounceFault("disk of the write-ahead log full", disk.Path, PostgreSqlServer.Node);
        var proof = disk.Fill();
        await server.WaitForOutputAsync("PANIC", Cancellation);
        scenario.Recorder.ProveFault(fault, $"{proof}; the database panicked");
        await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 10, full: 30));
        disk.Free();
        await server.RecoverAsync(Cancellation);
        var up = HistoryRecorder.Now();

        scenario.Row.Measure("rate back", await scenario.EndLoadAsync(up), "≤ 5 s after PG is up");
        scenario.Row.Measure("first served after", scenario.Timeline().FirstServedAfter(up), "≤ 5 s");
        scenario.AssertNobodyLeft();
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Frames = 1_000 });
    }

    private static async Task<SmallDisk> MountForDatabaseAsync()
    {
        Assert.SkipWhen(PostgreSqlServer.WhyNotPrivate is not null, PostgreSqlServer.WhyNotPrivate ?? string.Empty);
        var disk = await SmallDisk.TryMountAsync(megabytes: 96, Cancellation);
        Assert.SkipWhen(disk is null, "a tmpfs cannot be mounted here: run as root to test a full disk");
        return disk;
    }

    // A new subscription, while nothing can be written. It stays, and is judged with all that comes later.
    private static async Task FollowFromTheFirstAsync(ClusterScenario scenario, SubscriberGroup group)
    {
        var subscriber = group.Add(
            new SubscriptionDescription { Name = "meanwhile", Scope = SubscriptionScope.Of("*") },
            new SubscriberManners { First = SubscriptionStart.At(0) },
            scenario.Cluster.Addresses);
        var head = await scenario.HeadAsync();
        Assert.True(await subscriber.ReachAsync(head, WaitLimit, Cancellation), $"a new subscription did not reach {head} while the disk is full");
    }

    // Stored, it is larger than what is left of a table's pages.
    private static async Task<bool> IsFullAsync(FluxClient client)
    {
        var sent = OutgoingEvent.Create(Guid.NewGuid().ToString(), "full", $$$"""{"entity_id":"plant/full","properties":{"v":"{{{Large}}}"}}""");
        return await client.TryPublishAsync(sent, Cancellation) is { Status: 503, Code: "storage_full" };
    }
}
