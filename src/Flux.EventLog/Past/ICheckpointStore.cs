using Flux.Core.Log;

namespace Flux.EventLog.Past;

/// <summary>Where checkpoints are kept.</summary>
internal interface ICheckpointStore
{
    /// <summary>Copies all existing entities, as they are at one position, when so many events were recorded since the last copy that one is due.</summary>
    /// <param name="minEvents">How many events make it due at least.</param>
    /// <param name="cancellationToken">Stops copying; nothing of a copy that is not whole is ever read.</param>
    /// <returns>The position of the new checkpoint; null when none is due.</returns>
    /// <exception cref="EventLogUnavailableException">The read model cannot be used now.</exception>
    ValueTask<Position?> KeepIfDueAsync(long minEvents, CancellationToken cancellationToken);
}
