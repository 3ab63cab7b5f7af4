using Flux.Core.Events;
using Flux.Core.Log;

namespace Flux.Core.Entities;

/// <summary>The current state of every entity, kept by a projection that follows the log. Nothing is lost when it is dropped and built again.</summary>
public interface IReadModel
{
    /// <summary>Gets how many entities exist, Flux's own records included, as of the projection's position.</summary>
    long EntityCount { get; }

    /// <summary>Gets the position up to which the log has been projected.</summary>
    Position Position { get; }

    /// <summary>Gives an entity's state as of a moment not before the call: the projected row and the log's events after it.</summary>
    /// <param name="key">The entity.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The state, perhaps one with a <see cref="EntityState.Damage"/>; <see cref="EntityState.Empty"/> for an id without events.</returns>
    ValueTask<EntityState> LoadAsync(EntityKey key, CancellationToken cancellationToken);

    /// <summary>Gives an entity's state as it was right after a version. It costs at most a few hundred events, however long the history is.</summary>
    /// <param name="key">The entity.</param>
    /// <param name="version">The version; 0 for the state before the first event.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The state; <see cref="EntityState.Empty"/> for version 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The entity has no such version yet, or never; the message names its last one.</exception>
    /// <exception cref="EventLogUnavailableException">The log or the read model cannot be read.</exception>
    /// <exception cref="EntityQuarantinedException">An event up to that version is damaged.</exception>
    ValueTask<EntityState> LoadAsync(EntityKey key, long version, CancellationToken cancellationToken);

    /// <summary>Waits until everything up to <paramref name="position"/> is projected. Asking hurries the projection.</summary>
    /// <param name="position">The position that must be included.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>False when the time ran out.</returns>
    ValueTask<bool> WaitForAsync(Position position, TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>Counts existing entities, as of the projection's position.</summary>
    /// <param name="namespaces">The namespaces that count.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>How many exist in them together.</returns>
    /// <exception cref="EventLogUnavailableException">The read model cannot be read.</exception>
    ValueTask<long> CountAsync(IReadOnlyCollection<string> namespaces, CancellationToken cancellationToken);

    /// <summary>Finds entities of which something is due, as of the projection's position, the earliest first.</summary>
    /// <param name="by">Up to when.</param>
    /// <param name="after">The last one of the call before; <see cref="DueEntity.First"/> at first.</param>
    /// <param name="maxCount">The most entities, at least 1.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The entities; fewer than <paramref name="maxCount"/> when there are no more.</returns>
    /// <exception cref="EventLogUnavailableException">The read model cannot be read.</exception>
    ValueTask<IReadOnlyList<DueEntity>> FindDueAsync(Timestamp by, DueEntity after, int maxCount, CancellationToken cancellationToken);

    /// <summary>Keeps in mind that an entity has a damaged event, so that it is quarantined after a restart too. It is found again from the log when this is lost.</summary>
    /// <param name="key">The entity.</param>
    /// <param name="damage">What is wrong.</param>
    /// <param name="cancellationToken">Stops writing.</param>
    /// <returns>A task.</returns>
    /// <exception cref="EventLogUnavailableException">The read model cannot be written to.</exception>
    ValueTask QuarantineAsync(EntityKey key, EntityDamage damage, CancellationToken cancellationToken);

    /// <summary>Reads the quarantined entities, in the order of their ids, as of the projection's position.</summary>
    /// <param name="after">The id after which to begin; null at first.</param>
    /// <param name="maxCount">The most, at least 1.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The entities; fewer than <paramref name="maxCount"/> when there are no more.</returns>
    /// <exception cref="EventLogUnavailableException">The read model cannot be read.</exception>
    ValueTask<IReadOnlyList<QuarantinedEntity>> ReadQuarantinedAsync(string? after, int maxCount, CancellationToken cancellationToken);

    /// <summary>Reads existing entities and the exact position that they show, in one look at the store.</summary>
    /// <remarks>
    /// Flux's own records (<see cref="SystemEntity"/>) and quarantined entities are never in a page: the store leaves them out. Which other entities a reader may see is
    /// for the caller to judge.
    /// </remarks>
    /// <param name="range">Which ids.</param>
    /// <param name="maxRows">
    /// The most entities, at least 1. Those that are passed over (deleted ones, Flux's own) count too, so a page may be empty while there are more:
    /// go on with <see cref="EntityPage.Rest"/>. A page also ends at about 1 MiB of properties, but never before its first entity.
    /// </param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The page.</returns>
    /// <exception cref="EventLogUnavailableException">The read model cannot be read.</exception>
    ValueTask<EntityPage> ReadPageAsync(EntityRange range, int maxRows, CancellationToken cancellationToken);

    /// <summary>Lists existing entities, Flux's own records too, in the order of <see cref="EntityIdOrder"/>.</summary>
    /// <remarks>It reads page after page, each of its own moment.</remarks>
    /// <param name="ns">The namespace they must be in; null for any.</param>
    /// <param name="prefix">What their id must start with; empty for anything.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The entities.</returns>
    /// <exception cref="EventLogUnavailableException">The read model cannot be read.</exception>
    IAsyncEnumerable<ListedEntity> ListAsync(string? ns, string prefix, CancellationToken cancellationToken);
}
