using Flux.EventLog.Sqlite;

namespace Flux.Server.Hosting;

/// <summary>Runs the projection with the host, and stops the server when the projection finds that the log breaks its own rules.</summary>
internal sealed class ProjectionService(EmbeddedStore store, FatalErrors fatal) : IHostedService
{
    private Task _watch = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        store.Projector.Start();
        _watch = WatchAsync();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await store.Projector.DisposeAsync();
        await _watch;
    }

    private async Task WatchAsync()
    {
        try
        {
            await store.Projector.Completion;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            fatal.Report(e);
        }
    }
}
