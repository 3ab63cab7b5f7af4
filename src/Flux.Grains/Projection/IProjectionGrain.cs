using Flux.Core.Log;

namespace Flux.Grains.Projection;

/// <summary>Runs the projection of the log on one silo of the cluster. There is one, with key 0; whoever calls it keeps it alive.</summary>
[Alias("flux.projection")]
public interface IProjectionGrain : IGrainWithIntegerKey
{
    /// <summary>Waits until everything up to a position is projected. Asking hurries the projection.</summary>
    /// <param name="position">The position; the start for a sign of life only.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <returns>False when the time ran out.</returns>
    [Alias("wait-for")]
    Task<bool> WaitForAsync(Position position, TimeSpan timeout);
}
