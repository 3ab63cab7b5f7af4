using System.Diagnostics.Metrics;
using System.Net;
using Flux.Core.Log;
using Flux.Core.Subscriptions;
using Flux.Grains.Connections;
using Flux.Providers.ChangeStreams;
using Flux.Testing.Processes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Flux.Server.Tests.Subscriptions;

public sealed class ChangeStreamTests : IAsyncLifetime
{
    private readonly MemoryEventLog _log = new();
    private readonly CollectingDispatcher _dispatcher = new();
    private readonly int _siloPort = FreePort.Next();
    private IHost _host = null!;

    private ICommitListener Queues => _host.Services.GetRequiredService<ICommitListener>();

    public async ValueTask InitializeAsync()
    {
        _log.Add(TestEvents.Batch(1, 10).Events);
        _host = await StartSiloAsync(_dispatcher, _siloPort, primary: null);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }

    [Fact]
    public async Task A_commit_reaches_the_dispatcher_through_the_stream()
    {
        Assert.Equal(new Position(10), _dispatcher.Position);

        Queues.OnCommitted(TestEvents.Batch(11, 2));

        Assert.Equal(11, await _dispatcher.NextAsync());
        Assert.Equal(12, await _dispatcher.NextAsync());
        Assert.Equal(1, _log.Reads); // the row at the head, before anything came
    }

    [Fact]
    public async Task Within_a_silo_events_are_handed_over_and_not_copied()
    {
        var batch = TestEvents.Batch(11, 1);

        Queues.OnCommitted(batch);

        Assert.Same(batch.Events[0], await _dispatcher.NextEventAsync());
    }

    [Fact]
    public async Task A_commit_that_never_arrives_is_read_from_the_log()
    {
        var batch = TestEvents.Batch(11, 3);
        _log.Add(batch.Events);

        Queues.OnCommitted(new CommittedBatch([batch.Events[2]]));

        Assert.Equal(11, await _dispatcher.NextAsync());
        Assert.Equal(12, await _dispatcher.NextAsync());
        Assert.Equal(13, await _dispatcher.NextAsync());
    }

    [Fact]
    public async Task The_last_commit_of_a_silo_that_died_is_found_by_the_head_of_the_log()
    {
        _log.Add(TestEvents.Batch(11, 1).Events);

        Assert.Equal(11, await _dispatcher.NextAsync());
    }

    [Fact]
    public async Task A_commit_reaches_the_other_silos()
    {
        var other = new CollectingDispatcher();
        using var second = await StartSiloAsync(other, FreePort.Next(), new IPEndPoint(IPAddress.Loopback, _siloPort));

        // What comes out of the log is the very object; what came through the stream of another silo is a copy.
        for (var position = 11; ; position++)
        {
            var sent = TestEvents.Batch(position, 1);
            _log.Add(sent.Events);
            Queues.OnCommitted(sent);
            var received = await other.NextEventAsync();
            Assert.Equal(position, received.Position.Value);
            Assert.Equal("home/lamp", received.Data.Payload.EntityId);
            if (!ReferenceEquals(sent.Events[0], received))
            {
                break;
            }
        }

        await second.StopAsync(CancellationToken.None);
        Queues.OnCommitted(TestEvents.Batch((int)other.Position.Value + 1, 1));
        while (await _dispatcher.NextAsync() <= other.Position.Value)
        {
        }
    }

    private async Task<IHost> StartSiloAsync(CollectingDispatcher dispatcher, int port, IPEndPoint? primary)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Services.AddSingleton(new Meter("tests"));
        builder.Services.AddSingleton<IEventLog>(_log);
        builder.Services.AddSingleton<IChangeDispatcher>(dispatcher);
        builder.UseOrleans(silo => silo.UseLocalhostClustering(port, FreePort.Next(), primary).AddFluxChangeStreams().AddConnectionGrain());
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }
}
