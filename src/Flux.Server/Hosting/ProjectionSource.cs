using Flux.Core.Entities;
using Flux.EventLog.PostgreSql;
using Flux.EventLog.Projection;
using Flux.Grains.Projection;

namespace Flux.Server.Hosting;

/// <summary>Makes projections over the cluster's store.</summary>
internal sealed class ProjectionSource(PostgreSqlStore store, ProjectionInstruments instruments) : IProjectionSource
{
    public Task<IProjectionLoop> CreateProjectionAsync(CancellationToken cancellationToken) =>
        store.CreateProjectionAsync(instruments, cancellationToken);
}
