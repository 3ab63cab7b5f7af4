using Flux.Core.Entities;
using Flux.EventLog.PostgreSql;
using Flux.Grains.Projection;

namespace Flux.Server.Hosting;

/// <summary>Makes projections over the cluster's store.</summary>
internal sealed class ProjectionSource(PostgreSqlStore store) : IProjectionSource
{
    public Task<IProjectionLoop> CreateProjectionAsync(CancellationToken cancellationToken) => store.CreateProjectionAsync(cancellationToken);
}
