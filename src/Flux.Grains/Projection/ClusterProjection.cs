using Flux.Core.Entities;
using Flux.Core.Log;

namespace Flux.Grains.Projection;

/// <summary>The projection of the cluster, wherever it runs.</summary>
public sealed class ClusterProjection(IGrainFactory grains) : IProjection
{
    /// <inheritdoc/>
    public async ValueTask<bool> WaitForAsync(Position position, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            return await grains.GetGrain<IProjectionGrain>(0).WaitForAsync(position, timeout).WaitAsync(cancellationToken);
        }
        catch (Exception e) when (e is EventLogUnavailableException || (GrainCall.HasNoAnswer(e) && !cancellationToken.IsCancellationRequested))
        {
            return false; // its silo has just been lost, or the store does not answer: nobody projects now
        }
    }
}
