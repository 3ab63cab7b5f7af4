using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.Processes;
using Microsoft.Data.Sqlite;

namespace Flux.Cluster.Tests.Scenarios;

/// <summary>The commands that verify, export and import, beside a server that works.</summary>
public sealed class ExportTests
{
    private static readonly Dictionary<string, string> NoSettings = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_log_is_verified_and_exported_while_it_is_written_to_and_comes_back_the_same()
    {
        await using var scenario = new Scenario();
        await scenario.StartAsync();
        var load = scenario.Load(new LoadOptions { Writers = 8, Entities = 100 });
        await load.PreloadAsync(Token);
        using var stop = new CancellationTokenSource();
        var writing = load.RunAsync(stop.Token, Token);
        await load.WaitForAsync(300, Token);

        var digest = await RunAsync("export", "--data", scenario.DataDirectory, "--digest", scenario.At("head"));
        await load.WaitForAsync(100, Token);
        var verified = await RunAsync("verify", "--data", scenario.DataDirectory, "--digest", scenario.At("head"));
        var exported = await RunAsync("export", "--data", scenario.DataDirectory, "--all", "--to", scenario.At("whole"));
        await load.WaitForAsync(100, Token);
        await stop.CancelAsync();
        await writing;

        Assert.StartsWith("exported to position ", digest, StringComparison.Ordinal);
        Assert.Contains("the read model, at position ", verified, StringComparison.Ordinal);
        Assert.Contains("is the one whose digest was exported", verified, StringComparison.Ordinal);
        var imported = await RunAsync("import", "--from", scenario.At("whole"), "--data", scenario.At("copy"));
        Assert.Equal(exported.Replace("exported", "imported", StringComparison.Ordinal), imported);
        Assert.Contains("there is no read model", await RunAsync("verify", "--data", scenario.At("copy"), "--digest", scenario.At("head")), StringComparison.Ordinal);
        Assert.Equal(await File.ReadAllTextAsync(scenario.At("whole"), Token), await RunAsync("export", "--data", scenario.At("copy"), "--all", "--to", "-"));
        await using (var copy = await FluxProcess.StartAsync(new FluxProcessOptions { DataDirectory = scenario.At("copy") }, TimeProvider.System, Token))
        {
            Assert.Equal(0, await copy.StopAsync(Token));
        }

        Assert.Contains("the read model, at position ", await RunAsync("verify", "--data", scenario.At("copy")), StringComparison.Ordinal);
        await scenario.FinishAsync(new HistoryThresholds { Acked = 500, SettledUnknowns = 0, Faults = 0 });
    }

    [Fact]
    public async Task What_is_wrong_is_said_in_one_line_with_exit_code_1()
    {
        await using var scenario = new Scenario();
        await scenario.StartAsync();
        using (var client = scenario.Client("writer"))
        {
            foreach (var number in Enumerable.Range(1, 5))
            {
                var sent = OutgoingEvent.Create($"e{number}", "writer", $$$"""{"entity_id":"plant/lamp","properties":{"v":{{{number}}}}}""");
                Assert.Equal(200, (await client.TryPublishAsync(sent, Token)).Status);
            }
        }

        Assert.Equal(0, await scenario.Server.StopAsync(Token));
        await RunAsync("export", "--data", scenario.DataDirectory, "--namespace", "plant", "--to", scenario.At("plant"));
        await using (var file = new SqliteConnection($"Data Source={Path.Combine(scenario.DataDirectory, "log.db")};Pooling=False"))
        {
            await file.OpenAsync(Token);
            await using var damage = file.CreateCommand();
            damage.CommandText = "UPDATE event SET payload = CAST(replace(CAST(payload AS TEXT), '3', '4') AS BLOB) WHERE entity = 'plant/lamp' AND version = 3";
            Assert.Equal(1, await damage.ExecuteNonQueryAsync(Token));
        }

        Assert.Contains("(\"plant/lamp\", version 3) does not have its hash", await FailAsync("verify", "--data", scenario.DataDirectory), StringComparison.Ordinal);
        Assert.Contains("version 3", await FailAsync("export", "--data", scenario.DataDirectory, "--all", "--to", scenario.At("all")), StringComparison.Ordinal);
        Assert.False(File.Exists(scenario.At("all")), "an export that failed has left a file");
        Assert.Contains("is there already", await FailAsync("export", "--data", scenario.DataDirectory, "--namespace", "a", "--to", scenario.At("plant")), StringComparison.Ordinal);
        Assert.Contains("export takes", await FailAsync("export", "--data", scenario.DataDirectory, "--namespace", "a"), StringComparison.Ordinal);
        Assert.Contains("nothing-here", await FailAsync("import", "--from", scenario.At("nothing-here"), "--data", scenario.At("new")), StringComparison.Ordinal);
        Assert.Contains("--postgres", await FailAsync("verify"), StringComparison.Ordinal);
        await File.AppendAllTextAsync(scenario.At("plant"), "{}\n", Token);
        Assert.Contains("line ", await FailAsync("import", "--from", scenario.At("plant"), "--data", scenario.At("new")), StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(params string[] arguments)
    {
        var result = await FluxCommand.RunAsync(arguments, NoSettings, Token);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', arguments)}: {result.Errors}");
        return result.Output.Replace("\r", string.Empty, StringComparison.Ordinal).TrimEnd('\n') + "\n";
    }

    private static async Task<string> FailAsync(params string[] arguments)
    {
        var result = await FluxCommand.RunAsync(arguments, NoSettings, Token);
        Assert.True(result.ExitCode == 1 && result.ErrorLines.Length == 1, $"{string.Join(' ', arguments)}: {result.ExitCode} {result.Errors}");
        return result.ErrorLines[0];
    }
}
