using Flux.EventLog;
using Flux.EventLog.PostgreSql;

namespace Flux.Server.Hosting;

/// <summary>Runs the log writer of a cluster's member with the host, and stops the server when it fails.</summary>
internal sealed class WriterService(PostgreSqlEventLog log, LogWriter writer, FatalErrors fatal) : IHostedService
{
    private Task _watch = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        writer.Start();
        _watch = fatal.WatchAsync(writer.Completion);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await writer.StopAsync(cancellationToken);
        await log.DisposeAsync();
        await _watch;
    }
}
