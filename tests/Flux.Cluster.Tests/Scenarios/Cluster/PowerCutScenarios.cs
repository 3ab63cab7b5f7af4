using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.Processes;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>The power goes: what was flushed is there, and nothing else (fault model F30, embedded; control N10).</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class PowerCutScenarios
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F30_everything_that_was_acknowledged_before_a_power_cut_is_there_after_it()
    {
        FaultSet.NeedsShort();
        var row = new FaultRow("F30");
        var cuts = FaultSet.Rounds(least: 0, shortSet: 3, full: 10);
        for (var cut = 1; cut <= cuts; cut++)
        {
            var report = await CutAsync(seed: cut, defect: null, row);

            Assert.True(report.Verdict == HistoryVerdict.Clean, report.ToString());
        }

        row.Measure("power cuts", $"{cuts}, each recovered on a copy of the disk", "10 with FLUX_LONG=1");
        row.Print();
    }

    [Fact]
    public async Task N10_commits_that_are_not_flushed_are_seen_as_lost_after_a_power_cut()
    {
        FaultSet.NeedsShort();

        var report = await CutAsync(seed: 1, defect: "flushes-late", new FaultRow("N10"));

        Assert.True(report[HistoryCount.Lost] > 0, report.ToString());
    }

    // Loads a server whose data is on a disk of its own, stops it in its tracks, and looks at what a copy of the disk has.
    private static async Task<HistoryReport> CutAsync(int seed, string? defect, FaultRow row)
    {
        await using var disk = await LoopDisk.TryMountAsync(Cancellation);
        Assert.SkipWhen(disk is null, "an ext4 file system cannot be mounted from a file here: run as root to cut the power");
        await using var scenario = new Scenario(disk.At("data"))
        {
            Environment = defect is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["FLUX_DEFECT"] = defect },
        };
        await scenario.StartAsync();
        var load = scenario.Load(new LoadOptions { Writers = 8, Entities = 100, Seed = seed });
        await load.PreloadAsync(Cancellation);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var writing = load.RunAsync(CancellationToken.None, stop.Token);
        await load.WaitForAsync(500, Cancellation);

        await scenario.Server.FreezeAsync(scenario.Recorder, TimeProvider.System, Cancellation);
        var cut = HistoryRecorder.Now();
        await using var copy = disk.Copy(Cancellation);
        await scenario.AbandonAsync();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        Assert.True(await copy.MountAsync(Cancellation), "the copy cannot be mounted");
        return await RecoverAsync(scenario, copy, cut, row);
    }

    private static async Task<HistoryReport> RecoverAsync(Scenario scenario, LoopDisk copy, long cut, FaultRow row)
    {
        await using var recorder = new HistoryRecorder(scenario.At("recovered"));
        scenario.Recorder.Flush();
        foreach (var (request, _) in HistoryReader.Read(scenario.Recorder.Directory, HistoryFiles.Requests, HistoryJson.Default.RequestRecord))
        {
            // Nobody was told anything by a machine without power.
            recorder.Add(request.Answered < cut ? request : request with { Status = 0, Code = null, Events = [.. request.Events.Select(e => e.WithoutAnswer())] });
        }

        await using var server = await FluxProcess.StartAsync(new FluxProcessOptions { DataDirectory = copy.At("data") }, TimeProvider.System, Cancellation);
        using var client = new FluxClient("recovered", server.Address, recorder, TimeProvider.System);
        await client.DumpStateAsync(server.Node, Cancellation);
        Assert.Equal(0, await server.StopAsync(Cancellation));
        ServerLog.AssertNothingUnhandled(server.Output, row.Name);
        SqliteLogDump.Dump(copy.At("data"), recorder);
        recorder.Flush();

        // Those who got no answer are gone with the machine: nobody asks again.
        var thresholds = new HistoryThresholds { Acked = 400, SettledUnknowns = 0, UnsettledUnknowns = int.MaxValue, DuplicateAcks = 0, Conflicts = 0, Faults = 0 };
        var report = HistoryChecker.Check(recorder.Directory, thresholds);
        row.Judged(report);
        Scenario.Print(report.ToString());
        return report;
    }
}
