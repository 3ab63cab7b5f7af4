using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.Processes;

namespace Flux.Cluster.Tests.Scenarios;

/// <summary>What the binary says to those who start it, rightly or wrongly.</summary>
public sealed class MannersTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Help_names_the_commands()
    {
        var result = await RunAsync(["--help"]);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("backup", result.Output, StringComparison.Ordinal);
        Assert.Contains("restore", result.Output, StringComparison.Ordinal);
        Assert.Empty(result.ErrorLines);
    }

    [Fact]
    public async Task Version_prints_the_version()
    {
        var result = await RunAsync(["--version"]);

        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"\d+\.\d+\.\d+", result.Output);
        Assert.Empty(result.ErrorLines);
    }

    [Fact]
    public async Task A_taken_port_is_named()
    {
        using var holder = new TcpListener(IPAddress.IPv6Any, port: 0);
        holder.Server.DualMode = true;
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        Refuses(await RunAsync([], ("PORT", port), ("FLUX_DATA", _directory.At("data"))), "PORT");
    }

    [Fact]
    public async Task A_data_folder_in_use_is_named_and_its_owner_is_unharmed()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var scenario = new Scenario { Row = new FaultRow("F18") };
        await scenario.StartAsync();

        var second = await RunAsync([], ("PORT", AnyPort()), ("FLUX_DATA", scenario.DataDirectory));

        Refuses(second, scenario.DataDirectory);
        using var client = scenario.Client("owner");
        var sent = OutgoingEvent.Create("after", "owner", """{"entity_id":"plant/lamp","properties":{"v":1}}""");
        Assert.Equal(200, (await client.TryPublishAsync(sent, cancellation)).Status);
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1, DuplicateAcks = 0, Conflicts = 0, SettledUnknowns = 0, Faults = 0 });
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_made_is_named()
    {
        // A file in its way: no one can make that folder, root neither.
        await File.WriteAllTextAsync(_directory.At("file"), "in the way", TestContext.Current.CancellationToken);
        var data = Path.Combine(_directory.At("file"), "data");

        Refuses(await RunAsync([], ("PORT", AnyPort()), ("FLUX_DATA", data)), data);
    }

    [Theory]
    [InlineData("PORT", "abc")]
    [InlineData("PORT", "70000")]
    [InlineData("PORT", "-1")]
    [InlineData("FLUX_AUTH_ENABLED", "yes")]
    [InlineData("FLUX_AUTH_ENABLED", "1")]
    [InlineData("FLUX_AUTH_ENABLED", "true")]
    public async Task A_wrong_setting_is_named(string name, string value)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["PORT"] = AnyPort(), ["FLUX_DATA"] = _directory.At("data") };
        settings[name] = value;

        Refuses(await RunAsync([], [.. settings.Select(s => (s.Key, s.Value))]), name);
    }

    private static string AnyPort() => FreePort.Next().ToString(CultureInfo.InvariantCulture);

    private static void Refuses(FluxCommandResult result, string naming)
    {
        Assert.True(result.ExitCode != 0, "the server started");
        Assert.True(result.ErrorLines.Length == 1, $"one line was expected on standard error, not:\n{result.Errors}");
        Assert.Contains(naming, result.ErrorLines[0], StringComparison.Ordinal);
    }

    private static async Task<FluxCommandResult> RunAsync(string[] arguments, params (string Name, string Value)[] settings)
    {
        // A server that starts although it should not would run for ever: the limit ends it, and says so.
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, TestContext.Current.CancellationToken);
        try
        {
            return await FluxCommand.RunAsync(arguments, settings.ToDictionary(s => s.Name, s => s.Value, StringComparer.Ordinal), either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new TimeoutException($"`{string.Join(' ', arguments)}` with {string.Join(", ", settings)} was still running after a minute");
        }
    }
}
