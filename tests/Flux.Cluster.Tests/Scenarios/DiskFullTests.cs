using Flux.Cluster.Tests.Scenarios.Subscriptions;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.Processes;
using Flux.Testing.Subscriptions;

namespace Flux.Cluster.Tests.Scenarios;

/// <summary>The disk fills up under load and is freed again (fault model F28, embedded).</summary>
public sealed class DiskFullTests
{
    // A guard against hanging, and no target.
    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(30);

    private static readonly string Large = $$$"""{"entity_id":"plant/full","properties":{"v":"{{{new string('x', 20_000)}}}"}}""";

    [Fact]
    public async Task A_full_disk_refuses_writes_loses_none_and_recovers()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var disk = await SmallDisk.TryMountAsync(megabytes: 48, cancellation);
        Assert.SkipWhen(disk is null, "a tmpfs cannot be mounted here: run as root to test a full disk");
        await using var scenario = new Scenario(disk!.At("data")) { Row = new FaultRow("F28") };
        await scenario.StartAsync();
        await using var group = new SubscriberGroup(scenario.Recorder);
        group.Add(About("before"), new SubscriberManners { First = SubscriptionStart.At(0) }, [scenario.Address]);
        var load = scenario.Load(new LoadOptions { Writers = 8, Entities = 50 });
        using var stop = new CancellationTokenSource();
        var writing = load.RunAsync(stop.Token, cancellation);
        await load.WaitForAsync(100, cancellation);

        var fault = scenario.Recorder.AnnounceFault("disk full", disk.Path);
        var proof = disk.Fill();
        using var client = scenario.Client("full");
        var stored = await FillLogAsync(client, "full", cancellation);

        // Reads and subscriptions go on: those that there are, and new ones.
        Assert.True(await client.ReadAsync("plant/full", cancellation) is { Status: 200 or 404 });
        group.Add(About("meanwhile"), new SubscriberManners { First = SubscriptionStart.At(0), Seed = 1 }, [scenario.Address]);
        foreach (var subscriber in group.Subscribers)
        {
            Assert.True(await subscriber.ReachAsync(stored, WaitLimit, cancellation), $"{subscriber.About.Name} did not reach {stored} while the disk is full");
        }

        await FillLogAsync(client, "still-full", cancellation); // what was moved from one file to another may have left room for some
        scenario.Recorder.ProveFault(fault, proof);
        disk.Free();
        var freed = HistoryRecorder.Now();
        await load.WaitForAsync(300, cancellation);
        await stop.CancelAsync();
        await writing;
        scenario.Row.Measure("first served after", scenario.Timeline().FirstServedAfter(freed), "≤ 10 s");
        await group.QuiesceAsync(recorder => Task.FromResult(SqliteLogDump.Dump(scenario.DataDirectory, recorder)));
        await scenario.FinishAsync(new HistoryThresholds { Acked = 300, SettledUnknowns = 0, Replayed = 300 });
        scenario.Row.Measure("subscribers", $"{group.Judge(group.ReadLog())}", "each whole");
    }

    // Each event is larger than what a page has left, so that a few of them meet the end of the disk.
    private static async Task<long> FillLogAsync(FluxClient client, string name, CancellationToken cancellation)
    {
        var stored = 0L;
        for (var i = 0; ; i++)
        {
            var answer = await client.TryPublishAsync(OutgoingEvent.Create($"{name}-{i}", "full", Large), cancellation);
            if (answer is { Status: 503, Code: "storage_full" })
            {
                return stored;
            }

            stored = answer.Events[0].Position ?? stored;
            Assert.True(i < 10_000, $"no answer said storage_full; the last was {answer.Status} {answer.Code}");
        }
    }

    private static SubscriptionDescription About(string name) => new() { Name = name, Scope = SubscriptionScope.Of("*") };
}
