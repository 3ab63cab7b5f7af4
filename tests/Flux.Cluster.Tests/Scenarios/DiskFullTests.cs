using System.Diagnostics;
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
        using var mount = new TemporaryDirectory();
        if (!await RunAsync("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", mount.Path))
        {
            Assert.Skip("a tmpfs cannot be mounted here: run as root to test a full disk");
        }

        try
        {
            await FillAsync(mount, cancellation);
        }
        finally
        {
            await RunAsync("umount", "-l", mount.Path);
        }
    }

    private static async Task FillAsync(TemporaryDirectory mount, CancellationToken cancellation)
    {
        await using var scenario = new Scenario(mount.At("data"));
        await scenario.StartAsync();
        var load = scenario.Load(new LoadOptions { Writers = 8, Entities = 50 });
        using var stop = new CancellationTokenSource();
        var writing = load.RunAsync(stop.Token, cancellation);
        await load.WaitForAsync(100, cancellation);

        var fault = scenario.Recorder.AnnounceFault("disk full", mount.Path);
        var proof = Fill(mount.At("ballast"));
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
        File.Delete(mount.At("ballast"));
        await load.WaitForAsync(300, cancellation);
        await stop.CancelAsync();
        await writing;
        await scenario.FinishAsync(new HistoryThresholds { Acked = 300, SettledUnknowns = 0 });
    }

    private static string Fill(string path)
    {
        var block = new byte[4096];
        using var ballast = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                ballast.Write(block);
            }
        }
        catch (IOException e)
        {
            return $"after {ballast.Position} bytes of ballast: {e.Message}";
        }
    }

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode == 0;
    }
}
