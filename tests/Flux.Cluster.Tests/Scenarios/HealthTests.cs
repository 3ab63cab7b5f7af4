using System.Globalization;
using Flux.Testing.Processes;

namespace Flux.Cluster.Tests.Scenarios;

/// <summary>The command <c>health</c>, with which a container asks its own server.</summary>
public sealed class HealthTests
{
    [Fact]
    public async Task A_server_that_is_ready_is_healthy_and_one_that_has_ended_is_not()
    {
        await using var scenario = new Scenario();
        await scenario.StartAsync();

        var ready = await AskAsync("PORT", scenario.Server.Port);
        await scenario.Server.StopAsync(TestContext.Current.CancellationToken);
        var ended = await AskAsync("PORT", scenario.Server.Port);

        Assert.True(ready.ExitCode == 0, ready.Errors);
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("not ready", Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_management_port_is_asked_first()
    {
        await using var scenario = new Scenario();
        await scenario.StartAsync();

        var result = await AskAsync("FLUX_MANAGEMENT_PORT", scenario.Server.Port);

        Assert.True(result.ExitCode == 0, result.Errors);
    }

    // The other port is one that nobody listens on.
    private static Task<FluxCommandResult> AskAsync(string variable, int port)
    {
        var settings = new Dictionary<string, string> { ["PORT"] = Text(FreePort.Next()) };
        settings[variable] = Text(port);
        return FluxCommand.RunAsync(["health"], settings, TestContext.Current.CancellationToken);

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }
}
