using System.Net;
using System.Net.Sockets;
using Flux.Core.Log;
using Flux.Core.Subscriptions;
using Flux.Grains.Connections;
using Flux.Providers.ChangeStreams;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Flux.Server.Tests.Subscriptions;

public sealed class ChangeStreamTests : IAsyncLifetime
{
    private readonly MemoryEventLog _log = new();
    private readonly CollectingDispatcher _dispatcher = new();
    private IHost _host = null!;

    private ICommitListener Queues => _host.Services.GetRequiredService<ICommitListener>();

    public async ValueTask InitializeAsync()
    {
        _log.Add(TestEvents.Batch(1, 10).Events);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton<IEventLog>(_log);
        builder.Services.AddSingleton<IChangeDispatcher>(_dispatcher);
        builder.UseOrleans(silo => silo.UseLocalhostClustering(FreePort(), FreePort()).AddFluxChangeStreams().AddConnectionGrain());
        _host = builder.Build();
        await _host.StartAsync(TestContext.Current.CancellationToken);
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
        Assert.Equal(0, _log.Reads);
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

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
