using Flux.Core.Events;
using Flux.Core.Log;

namespace Flux.Core.Entities;

/// <summary>The states of entities as they were at an earlier position of the log: exactly the fold of the log up to there.</summary>
public interface IPastStates
{
    /// <summary>Gives an entity's state as of a position. It costs at most a few hundred events, however long the history is.</summary>
    /// <param name="key">The entity.</param>
    /// <param name="position">The position; at most the log's head.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The state after its last event at or before the position; <see cref="EntityState.Empty"/> when it had none.</returns>
    /// <exception cref="EventLogUnavailableException">The log or the read model cannot be read.</exception>
    ValueTask<EntityState> LoadAsync(EntityKey key, Position position, CancellationToken cancellationToken);

    /// <summary>Lists the entities that existed at a position, Flux's own records too, in the order of <see cref="EntityIdOrder"/>.</summary>
    /// <remarks>
    /// All of it is as of that one position, whatever is written meanwhile. What it keeps in memory does not grow with the number of entities or
    /// the length of the log.
    /// </remarks>
    /// <param name="range">Which ids.</param>
    /// <param name="position">The position; it has been projected (<see cref="IReadModel.WaitForAsync"/>).</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The entities.</returns>
    /// <exception cref="EventLogUnavailableException">The log or the read model cannot be read.</exception>
    IAsyncEnumerable<ListedEntity> ListAsync(EntityRange range, Position position, CancellationToken cancellationToken);

    /// <summary>Reads one stretch of such a list. What it costs follows from <paramref name="maxRows"/>, and not from how much there is.</summary>
    /// <param name="range">Which ids.</param>
    /// <param name="position">The position; it has been projected (<see cref="IReadModel.WaitForAsync"/>).</param>
    /// <param name="maxRows">The most entities, those that did not exist then counted: a page may be empty while there are more.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The page.</returns>
    /// <exception cref="EventLogUnavailableException">The log or the read model cannot be read.</exception>
    ValueTask<EntityPage> ReadPageAsync(EntityRange range, Position position, int maxRows, CancellationToken cancellationToken);
}
