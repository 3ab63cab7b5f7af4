using Flux.Core.Events;
using Flux.Grains.Namespaces;
using Flux.Server.Hosting;

namespace Flux.Server.Namespaces;

/// <summary>Learns who owns which namespace before the first request is taken.</summary>
internal sealed class SystemRecordsLoader(SystemRecords records, FluxSettings settings) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) =>
        settings.IsAuthEnabled ? records.LoadAsync(cancellationToken) : records.RefreshAsync(SystemEntity.Configuration, cancellationToken);

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
