using System.Net.WebSockets;
using Flux.Testing.History;
using Flux.Testing.Load;

namespace Flux.Cluster.Tests.Scenarios;

/// <summary>The process is asked to end (fault model F10, one node).</summary>
public sealed class DrainTests
{
    [Fact]
    public async Task A_terminated_server_finishes_what_it_accepted_and_says_goodbye_to_its_sockets()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var scenario = new Scenario { Row = new FaultRow("F10") };
        await scenario.StartAsync();
        var load = scenario.Load(new LoadOptions { Writers = 8, Entities = 50 });
        await load.PreloadAsync(cancellation);
        await using var everything = await ConnectAsync(scenario, "all", "*");
        await using var one = await ConnectAsync(scenario, "exact", load.EntityId(0));
        using var stop = new CancellationTokenSource();
        var writing = load.RunAsync(stop.Token, cancellation);
        await load.WaitForAsync(300, cancellation);

        var fault = scenario.Recorder.AnnounceFault("terminate", scenario.Server.Node, scenario.Server.Node);
        var asked = HistoryRecorder.Now();
        var exitCode = await scenario.Server.StopAsync(cancellation);
        scenario.Recorder.ProveFault(fault, $"pid {scenario.Server.Id} ended with {exitCode}");

        Assert.Equal(0, exitCode);
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await everything.Ended);
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await one.Ended);

        await scenario.StartAsync();
        await load.WaitForAsync(100, cancellation);
        await stop.CancelAsync();
        await writing;
        await scenario.FinishAsync(new HistoryThresholds { Acked = 500, SettledUnknowns = 0, Frames = 100 });
        var cutOff = HistoryReader.Read(scenario.Recorder.Directory, HistoryFiles.Requests, HistoryJson.Default.RequestRecord)
            .Where(r => r.Record.Sent < asked && r.Record.Status == 0)
            .Select(r => r.Record.Client);
        Assert.Empty(cutOff);
    }

    private static async Task<FluxSocket> ConnectAsync(Scenario scenario, string name, string filter)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var socket = await scenario.ConnectAsync(name);
        using var client = scenario.Client(name);
        await socket.SubscribeAsync(filter, cancellation);
        await socket.ArmAsync(client, TimeProvider.System, cancellation);
        return socket;
    }
}
