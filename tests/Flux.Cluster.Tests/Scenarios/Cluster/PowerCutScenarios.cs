using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.Processes;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>The power goes: what was flushed is there, and nothing else (fault model F27 and F30, embedded; control N10).</summary>
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
            var report = await CutAsync(seed: cut, Flushing.Works, row);

            Assert.True(report.Verdict == HistoryVerdict.Clean, report.ToString());
        }

        row.Measure("power cuts", $"{cuts}, each recovered on a copy of the disk", "10 with FLUX_LONG=1");
        row.Print();
    }

    [Fact]
    public async Task F27_what_was_acknowledged_before_and_while_flushes_failed_is_there_after_a_power_cut()
    {
        FaultSet.NeedsShort();
        Assert.SkipWhen(FlushFault.WhyMissing is not null, FlushFault.WhyMissing ?? string.Empty);
        var row = new FaultRow("F27");

        var report = await CutAsync(seed: 1, Flushing.Fails, row);

        Assert.True(report.Verdict == HistoryVerdict.Clean, report.ToString());
        row.Print();
    }

    [Fact]
    public async Task N10_commits_that_are_not_flushed_are_seen_as_lost_after_a_power_cut()
    {
        FaultSet.NeedsShort();

        var report = await CutAsync(seed: 1, Flushing.IsLate, new FaultRow("N10"));

        Assert.True(report[HistoryCount.Lost] > 0, report.ToString());
    }

    // Loads a server whose data is on a disk of its own, stops it in its tracks, and looks at what a copy of the disk has.
    private static async Task<HistoryReport> CutAsync(int seed, Flushing flushing, FaultRow row)
    {
        await using var disk = await LoopDisk.TryMountAsync(Cancellation);
        Assert.SkipWhen(disk is null, "an ext4 file system cannot be mounted from a file here: run as root to cut the power");
        await using var scenario = new Scenario(disk.At("data"))
        {
            RowName = row.Name,
            Environment = flushing == Flushing.IsLate ? new Dictionary<string, string> { ["FLUX_DEFECT"] = DefectControls.FlushesLate } : new Dictionary<string, string>(),
        };
        await scenario.StartAsync();
        var load = scenario.Load(new LoadOptions { Writers = 8, Entities = 100, Seed = seed });
        await load.PreloadAsync(Cancellation);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var writing = load.RunAsync(CancellationToken.None, stop.Token);
        await load.WaitForAsync(500, Cancellation);

        // Until the copy is made: one flush that works would save what none did before.
        await using var failing = flushing == Flushing.Fails ? await FlushFault.FailAsync([scenario.Server.Id], Cancellation) : null;
        if (failing is not null)
        {
            await failing.WaitForHitAsync(Cancellation);
            await ClusterScenario.LastAsync(TimeSpan.FromSeconds(2));
        }

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
        PowerCut.TakeRequests(scenario.Recorder, cut, recorder);
        await using var server = await FluxProcess.StartAsync(new FluxProcessOptions { DataDirectory = copy.At("data") }, TimeProvider.System, Cancellation);
        using var client = new FluxClient("recovered", server.Address, recorder, TimeProvider.System);
        await Scenario.DumpAsync(client, server.Node, past: []);
        Assert.Equal(0, await server.StopAsync(Cancellation));
        ServerLog.AssertNothingUnhandled(server.Output, row.Name);
        SqliteLogDump.Dump(copy.At("data"), recorder);
        var verified = await FluxCommand.VerifyDataAsync(copy.At("data"), Cancellation);
        Assert.True(verified.ExitCode == 0, verified.ToString());
        return PowerCut.Judge(recorder, row);
    }
}
