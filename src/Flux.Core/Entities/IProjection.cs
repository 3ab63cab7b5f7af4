using Flux.Core.Log;

namespace Flux.Core.Entities;

/// <summary>The projection of the log, on whichever silo it runs.</summary>
public interface IProjection
{
    /// <summary>Waits until everything up to <paramref name="position"/> is projected. Asking hurries the projection.</summary>
    /// <param name="position">The position that must be included.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>False when the time ran out, or nobody projects just now.</returns>
    ValueTask<bool> WaitForAsync(Position position, TimeSpan timeout, CancellationToken cancellationToken);
}
