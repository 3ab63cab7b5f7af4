using Flux.Testing.History;
using Flux.Testing.Load;

namespace Flux.Cluster.Tests.Scenarios;

/// <summary>What subscribers see while many write.</summary>
public sealed class SubscriberTests
{
    private static readonly TimeSpan QuiesceLimit = TimeSpan.FromSeconds(30);

    // A guard against hanging, and no target.
    private static readonly TimeSpan LoadLimit = Scenario.IsLong ? TimeSpan.FromMinutes(30) : TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(10_000)]
    public async Task Every_change_of_an_entity_arrives_once_and_in_version_order_while_64_write(int entities)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var scenario = new Scenario();
        await scenario.StartAsync();
        var load = scenario.Load(new LoadOptions
        {
            Writers = 64,
            Entities = entities,
            Namespaces = ["plant", "plant-2"],
            StepsPerWriter = Scenario.IsLong ? 2_000 : 60,
            Seed = entities,
        });
        using var client = scenario.Client("probe");
        var sockets = new List<FluxSocket>();
        foreach (var (name, filter) in ((string, string)[])[("all", "*"), ("exact", load.EntityId(0)), ("prefix", "plant/*")])
        {
            var socket = await scenario.ConnectAsync(name);
            sockets.Add(socket);
            await socket.SubscribeAsync(filter, cancellation);
            await socket.ArmAsync(client, TimeProvider.System, cancellation);
        }

        await RunAsync(load, scenario);
        foreach (var socket in sockets)
        {
            Assert.True(await socket.QuiesceAsync(client, QuiesceLimit, TimeProvider.System, cancellation), $"{socket.Name} never got the last event");
        }

        foreach (var socket in sockets)
        {
            await socket.CloseAsync(cancellation);
            await socket.DisposeAsync();
        }

        await scenario.FinishAsync(new HistoryThresholds { Acked = 3_000, SettledUnknowns = 0, Faults = 0, Frames = 3_000 });
    }

    // A server that ends would be tried again for ever.
    private static async Task RunAsync(WorldLoad load, Scenario scenario)
    {
        var cancellation = TestContext.Current.CancellationToken;
        try
        {
            await load.RunAsync(CancellationToken.None, cancellation).WaitAsync(LoadLimit, TimeProvider.System, cancellation);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"the load did not end within {LoadLimit}; the server {(scenario.Server.HasExited ? "has ended" : "runs")}:\n{scenario.Server.Output}");
        }
    }
}
