using Flux.EventLog;
using Flux.EventLog.Sqlite;

namespace Flux.Server.Hosting;

/// <summary>Runs the log writer and the projection with the host, and stops the server when one of them fails.</summary>
internal sealed class LogService(EmbeddedStore store, LogWriter writer, FatalErrors fatal) : IHostedService
{
    private Task _watch = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        store.Projector.Start();
        writer.Start();
        _watch = Task.WhenAll(fatal.WatchAsync(store.Projector.Completion), fatal.WatchAsync(writer.Completion));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await writer.StopAsync(cancellationToken);
        await store.Projector.DisposeAsync();
        await _watch;
    }
}
