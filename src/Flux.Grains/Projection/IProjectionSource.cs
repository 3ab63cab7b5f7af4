using Flux.Core.Entities;

namespace Flux.Grains.Projection;

/// <summary>Makes projections of the log in this process.</summary>
public interface IProjectionSource
{
    /// <summary>Makes one that goes on where the last one left off.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The projection; nobody has started it.</returns>
    Task<IProjectionLoop> CreateProjectionAsync(CancellationToken cancellationToken);
}
