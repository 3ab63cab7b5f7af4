using System.Globalization;
using Flux.Testing.History;
using Flux.Testing.Load;

namespace Flux.Cluster.Tests.Scenarios;

/// <summary>The process is killed under load, again and again (fault model F05).</summary>
public sealed class KillTests
{
    private static readonly int Rounds =
        int.Parse(Environment.GetEnvironmentVariable("FLUX_KILL_ROUNDS") is { Length: > 0 } rounds ? rounds : "3", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Nothing_acknowledged_is_lost_or_doubled_when_the_process_is_killed_under_load()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var scenario = new Scenario { Row = new FaultRow("F05") };
        await scenario.StartAsync();
        var load = scenario.Load(new LoadOptions { Writers = 16, Entities = Scenario.IsLong ? 100_000 : 300, Seed = Rounds });
        await load.PreloadAsync(cancellation);

        using var stop = new CancellationTokenSource();
        var writing = load.RunAsync(stop.Token, cancellation);
        var sockets = new List<FluxSocket>();
        for (var round = 1; round <= Rounds; round++)
        {
            sockets.Add(await ConnectAsync(scenario, $"round-{round}"));
            await load.WaitForAsync(Scenario.IsLong ? 20_000 : 400, cancellation);
            await scenario.Server.KillAsync(scenario.Recorder, cancellation);
            await scenario.StartAsync();
        }

        await load.WaitForAsync(400, cancellation);
        await stop.CancelAsync();
        await writing;
        foreach (var socket in sockets)
        {
            await socket.DisposeAsync();
        }

        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, Faults = Rounds, Frames = 100 });
    }

    private static async Task<FluxSocket> ConnectAsync(Scenario scenario, string name)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var socket = await scenario.ConnectAsync(name);
        using var client = scenario.Client(name);
        await socket.SubscribeAsync("*", cancellation);
        await socket.ArmAsync(client, TimeProvider.System, cancellation);
        return socket;
    }
}
