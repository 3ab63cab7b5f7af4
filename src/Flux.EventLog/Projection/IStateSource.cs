using Flux.Core.Entities;
using Flux.Core.Log;

namespace Flux.EventLog.Projection;

/// <summary>What the read model has of the states of an entity: its row, and the snapshots of earlier versions.</summary>
internal interface IStateSource
{
    /// <summary>Reads the entity's row.</summary>
    /// <param name="id">The entity's id.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The state; <see cref="EntityState.Empty"/> when nothing of the entity is projected.</returns>
    /// <exception cref="EventLogUnavailableException">The read model cannot be read.</exception>
    ValueTask<EntityState> ReadStateAsync(string id, CancellationToken cancellationToken);

    /// <summary>Reads the newest that there is and that is not newer than a version: the row, else a snapshot.</summary>
    /// <param name="id">The entity's id.</param>
    /// <param name="version">The version.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>What was found; null when there is neither.</returns>
    /// <exception cref="EventLogUnavailableException">The read model cannot be read.</exception>
    ValueTask<StoredState?> FindStateAsync(string id, long version, CancellationToken cancellationToken);

    /// <summary>Writes a snapshot that should be there and is not, or not whole.</summary>
    /// <param name="id">The entity's id.</param>
    /// <param name="snapshot">Its state.</param>
    /// <param name="cancellationToken">Stops writing.</param>
    /// <exception cref="EventLogUnavailableException">The read model cannot be written to.</exception>
    ValueTask KeepAsync(string id, EntityState snapshot, CancellationToken cancellationToken);

    /// <summary>Keeps in mind that an entity has a damaged event; nothing happens when it has no row yet.</summary>
    /// <param name="id">The entity's id.</param>
    /// <param name="damage">What is wrong.</param>
    /// <param name="cancellationToken">Stops writing.</param>
    /// <exception cref="EventLogUnavailableException">The read model cannot be written to.</exception>
    ValueTask QuarantineAsync(string id, EntityDamage damage, CancellationToken cancellationToken);
}
