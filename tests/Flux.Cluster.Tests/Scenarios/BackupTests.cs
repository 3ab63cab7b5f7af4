using Flux.Cluster.Tests.Scenarios.Subscriptions;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.Processes;

namespace Flux.Cluster.Tests.Scenarios;

/// <summary>A copy taken while the server works, and what a server restored from it serves (fault model F33).</summary>
public sealed class BackupTests
{
    private static readonly Dictionary<string, string> NoSettings = [];

    [Fact]
    public async Task A_restored_backup_serves_the_fold_at_the_backups_head()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var scenario = new Scenario { Row = new FaultRow("F33") };
        await scenario.StartAsync();
        var load = scenario.Load(new LoadOptions { Writers = 8, Entities = 100 });
        await load.PreloadAsync(cancellation);
        using var stop = new CancellationTokenSource();
        var writing = load.RunAsync(stop.Token, cancellation);
        await load.WaitForAsync(300, cancellation);
        var acknowledged = Scenario.LastPosition(scenario.Recorder);

        var backup = await FluxCommand.RunAsync(
            ["backup", "--data", scenario.DataDirectory, "--to", scenario.At("backup")], NoSettings, cancellation);
        await load.WaitForAsync(300, cancellation);
        await stop.CancelAsync();
        await writing;
        var restore = await FluxCommand.RunAsync(
            ["restore", "--from", scenario.At("backup"), "--data", scenario.At("restored")], NoSettings, cancellation);

        var later = await Cursors.OfHeadAsync(scenario.Address);

        Assert.True(backup.ExitCode == 0, backup.Errors);
        Assert.True(restore.ExitCode == 0, restore.Errors);
        await ServeRestoredAsync(scenario, later, acknowledged);
        await scenario.FinishAsync(new HistoryThresholds { Acked = 500, SettledUnknowns = 0, Faults = 0 });
    }

    private static async Task ServeRestoredAsync(Scenario scenario, string cursor, long acknowledged)
    {
        var cancellation = TestContext.Current.CancellationToken;

        // What the restored server serves must be the fold of the original log at the copy's head, so it is judged with the original's history.
        await using var copied = new HistoryRecorder(scenario.At("restored-history"));
        await using var restored = await FluxProcess.StartAsync(
            new FluxProcessOptions { DataDirectory = scenario.At("restored") }, TimeProvider.System, cancellation);
        using var client = new FluxClient("restored", restored.Address, copied, TimeProvider.System);
        await client.DumpStateAsync("restored", cancellation);
        var head = SqliteLogDump.Dump(scenario.At("restored"), copied); // nothing is written now, so that a copy of its files is whole
        await Cursors.AssertUnknownAsync(restored.Address, cursor, head);
        Assert.Equal(0, await restored.StopAsync(cancellation));
        ServerLog.AssertNothingUnhandled(restored.Output);

        Assert.True(head > 300, $"the copy holds {head} rows");
        Assert.True(head >= acknowledged, $"the copy ends at {head}, and {acknowledged} was acknowledged before it was begun");
        await using var original = new HistoryRecorder(scenario.At("original-history"));
        SqliteLogDump.Dump(scenario.DataDirectory, original);
        Assert.Equal(RowsOf(original).Take((int)head), RowsOf(copied));
        foreach (var (state, _) in HistoryReader.Read(copied.Directory, HistoryFiles.State, HistoryJson.Default.StateRecord))
        {
            scenario.Recorder.Add(state with { Position = head });
        }
    }

    private static List<(long Position, string EventId, string Hash)> RowsOf(HistoryRecorder log)
    {
        log.Flush();
        return [.. HistoryReader.Read(log.Directory, HistoryFiles.Log, HistoryJson.Default.RowRecord)
            .Select(line => (line.Record.Position, line.Record.EventId, Convert.ToHexStringLower(line.Record.Hash)))];
    }
}
