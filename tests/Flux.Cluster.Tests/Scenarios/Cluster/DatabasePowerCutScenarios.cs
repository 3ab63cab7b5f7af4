using System.Diagnostics;
using Flux.Testing.Cluster;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.PostgreSql;
using Flux.Testing.Processes;
using Npgsql;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>The power of the database's machine goes (fault model F27 and F30, on PostgreSQL; control N10).</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class DatabasePowerCutScenarios
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F30_everything_that_was_acknowledged_before_the_databases_power_was_cut_is_there_after_it()
    {
        FaultSet.NeedsShort();
        var row = new FaultRow("F30");
        var cuts = FaultSet.Rounds(least: 0, shortSet: 2, full: 10);
        for (var cut = 1; cut <= cuts; cut++)
        {
            var report = await CutAsync(seed: cut, Flushing.Works, row);

            Assert.True(report.Verdict == HistoryVerdict.Clean, report.ToString());
        }

        row.Measure("power cuts", $"{cuts}, each recovered on a copy of the disk", "10 with FLUX_LONG=1");
        row.Print();
    }

    [Fact]
    public async Task F27_what_was_acknowledged_before_the_databases_flushes_failed_is_there_after_a_power_cut()
    {
        FaultSet.NeedsShort();
        Assert.SkipWhen(FlushFault.WhyMissing is not null, FlushFault.WhyMissing ?? string.Empty);
        var row = new FaultRow("F27");

        var report = await CutAsync(seed: 1, Flushing.Fails, row);

        Assert.True(report.Verdict == HistoryVerdict.Clean, report.ToString());
        row.Print();
    }

    [Fact]
    public async Task N10_commits_that_the_database_does_not_flush_are_seen_as_lost_after_a_power_cut()
    {
        FaultSet.NeedsShort();

        var report = await CutAsync(seed: 1, Flushing.IsLate, new FaultRow("N10"));

        Assert.True(report[HistoryCount.Lost] > 0, report.ToString());
    }

    // Loads a silo whose database is on a disk of its own, kills the database, and looks at what a copy of the disk has.
    private static async Task<HistoryReport> CutAsync(int seed, Flushing flushing, FaultRow row)
    {
        Assert.SkipWhen(PostgreSqlServer.WhyNotPrivate is not null, PostgreSqlServer.WhyNotPrivate ?? string.Empty);
        await using var disk = await LoopDisk.TryMountAsync(Cancellation);
        Assert.SkipWhen(disk is null, "an ext4 file system cannot be mounted from a file here: run as root to cut the power");
        await using var server = await PostgreSqlServer.StartPrivateAsync(disk.Path, TimeProvider.System, Cancellation);
        var database = await server.CreateDatabaseAsync(Cancellation);
        var name = new NpgsqlConnectionStringBuilder(database).Database!;
        if (flushing == Flushing.IsLate)
        {
            await PostgreSqlServer.ExecuteAsync(database, $"ALTER DATABASE {name} SET synchronous_commit = off", Cancellation);
        }

        Assert.True(await disk.FlushAsync(Cancellation), "the empty database is not on the disk"); // its making did not wait for that
        using var directory = new TemporaryDirectory();
        await using var recorder = new HistoryRecorder(directory.At("history"));
        var (cut, taken) = await LoadAndCutAsync(seed, flushing, row, server, database, disk, recorder);
        await using var copy = taken;
        Assert.True(await copy.MountAsync(Cancellation), "the copy cannot be mounted");
        await using var recovered = new HistoryRecorder(directory.At("recovered"));
        PowerCut.TakeRequests(recorder, cut, recovered);
        var data = copy.At(Path.GetRelativePath(disk.Path, server.DataDirectory));
        await using var another = await PostgreSqlServer.StartOnAsync(to => CopyAsync(data, to), TimeProvider.System, Cancellation);
        await RecoverAsync(another.ConnectionStringOf(name), recovered, flushing, row);
        return PowerCut.Judge(recovered, row);
    }

    // When the copy began, and the copy.
    private static async Task<(long Cut, LoopDisk Copy)> LoadAndCutAsync(
        int seed, Flushing flushing, FaultRow row, PostgreSqlServer server, string database, LoopDisk disk, HistoryRecorder recorder)
    {
        await using var cluster = FluxCluster.Create(database, OneSilo(flushing), TimeProvider.System);
        await cluster.StartAsync(Cancellation);
        var load = new WorldLoad(cluster.Addresses, new LoadOptions { Writers = 8, Entities = 100, Seed = seed }, recorder, TimeProvider.System);
        await load.PreloadAsync(Cancellation);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var writing = load.RunAsync(CancellationToken.None, stop.Token);
        await load.WaitForAsync(500, Cancellation);

        // Until the copy is made: one flush that works would save what none did before.
        await using var failing = flushing == Flushing.Fails ? await FlushFault.FailAsync(server.ProcessIds, Cancellation) : null;
        if (failing is not null)
        {
            await failing.WaitForHitAsync(Cancellation);
            await server.WaitForOutputAsync("PANIC", Cancellation); // it never tries again what failed once, and comes up only when it can flush
            await ClusterScenario.LastAsync(TimeSpan.FromSeconds(2));
        }

        await server.KillAsync(recorder, Cancellation); // not frozen: it may have ended by itself
        var cut = HistoryRecorder.Now();
        var copy = disk.Copy(Cancellation);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        ServerLog.AssertNothingUnhandled(cluster.Output, row.Name);
        return (cut, copy);
    }

    private static async Task RecoverAsync(string database, HistoryRecorder recorder, Flushing flushing, FaultRow row)
    {
        await using var cluster = FluxCluster.Create(database, OneSilo(flushing), TimeProvider.System);
        await cluster.StartAsync(Cancellation);
        var silo = cluster.Members[0];
        using (var client = new FluxClient("recovered", silo.Address, recorder, TimeProvider.System))
        {
            await Scenario.DumpAsync(client, silo.Node, past: []);
        }

        Assert.Equal(0, await silo.StopAsync(Cancellation));
        ServerLog.AssertNothingUnhandled(cluster.Output, row.Name);
        Assert.Empty(await PostgreSqlLogDump.DumpAsync(database, recorder, Cancellation));
        var verified = await FluxCommand.VerifyDatabaseAsync(database, Cancellation);
        Assert.True(verified.ExitCode == 0, verified.ToString());
    }

    private static FluxClusterOptions OneSilo(Flushing flushing) => new()
    {
        Silos = 1,
        Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["FLUX_POSTGRES_UNSAFE"] = flushing == Flushing.IsLate ? "true" : "false" },
    };

    private static Task CopyAsync(string from, string to) => PostgreSqlBinaries.RunAsync(
        new ProcessStartInfo("cp", ["-a", from, to]) { RedirectStandardOutput = true, RedirectStandardError = true }, Cancellation);
}
