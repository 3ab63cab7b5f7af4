using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.Processes;

namespace Flux.Cluster.Tests.Scenarios;

/// <summary>The disk fills up under load and is freed again (fault model F28, embedded).</summary>
public sealed class DiskFullTests
{
    [Fact]
    public async Task A_full_disk_refuses_writes_loses_none_and_recovers()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var disk = await SmallDisk.TryMountAsync(megabytes: 48, cancellation);
        Assert.SkipWhen(disk is null, "a tmpfs cannot be mounted here: run as root to test a full disk");
        await using var scenario = new Scenario(disk!.At("data")) { Row = new FaultRow("F28") };
        await scenario.StartAsync();
        var load = scenario.Load(new LoadOptions { Writers = 8, Entities = 50 });
        using var stop = new CancellationTokenSource();
        var writing = load.RunAsync(stop.Token, cancellation);
        await load.WaitForAsync(100, cancellation);

        var fault = scenario.Recorder.AnnounceFault("disk full", disk.Path);
        var proof = disk.Fill();
        using var client = scenario.Client("full");
        for (var i = 0; ; i++)
        {
            // Each event is larger than what a page has left, so that a few of them meet the end of the disk.
            var answer = await client.TryPublishAsync(
                OutgoingEvent.Create($"full-{i}", "full", $$$"""{"entity_id":"plant/full","properties":{"v":"{{{new string('x', 20_000)}}}"}}"""), cancellation);
            if (answer is { Status: 503, Code: "storage_full" })
            {
                break;
            }

            Assert.True(i < 10_000, $"no answer said storage_full; the last was {answer.Status} {answer.Code}");
        }

        Assert.Equal(200, (await client.ReadAsync("plant/full", cancellation)) is { Status: 200 or 404 } ? 200 : 0);
        scenario.Recorder.ProveFault(fault, proof);
        disk.Free();
        await load.WaitForAsync(300, cancellation);
        await stop.CancelAsync();
        await writing;
        await scenario.FinishAsync(new HistoryThresholds { Acked = 300, SettledUnknowns = 0 });
    }
}
