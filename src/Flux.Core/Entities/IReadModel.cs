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
    /// <returns>The state; <see cref="EntityState.Empty"/> for an id without events.</returns>
    ValueTask<EntityState> LoadAsync(EntityKey key, CancellationToken cancellationToken);

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

    /// <summary>Lists existing entities in ordinal order of their ids' UTF-8 bytes, page by page, without a transaction between the pages.</summary>
    /// <param name="ns">The namespace they must be in; null for any.</param>
    /// <param name="prefix">What their id must start with; empty for anything.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The entities.</returns>
    IAsyncEnumerable<ListedEntity> ListAsync(string? ns, string prefix, CancellationToken cancellationToken);
}
