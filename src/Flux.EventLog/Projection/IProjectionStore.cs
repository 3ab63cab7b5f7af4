using Flux.Core.Log;

namespace Flux.EventLog.Projection;

/// <summary>Where a projection keeps what it folds. Only the projection uses it, one call at a time.</summary>
internal interface IProjectionStore
{
    /// <summary>Gets the position up to which everything is written. Any thread may ask.</summary>
    long Position { get; }

    /// <summary>Has the next events folded, with the rows of their entities at hand.</summary>
    /// <param name="projection">The projection.</param>
    /// <param name="rows">The events.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="EventLogUnavailableException">The rows cannot be read: <see cref="ResetAsync"/> before going on.</exception>
    ValueTask FoldAsync(EntityProjection projection, IReadOnlyList<RecordedEvent> rows, CancellationToken cancellationToken);

    /// <summary>Writes changes and the position up to which they go, all or nothing.</summary>
    /// <param name="changes">What was folded.</param>
    /// <param name="cancellationToken">Stops writing.</param>
    /// <exception cref="EventLogUnavailableException">Nothing was written: <see cref="ResetAsync"/> before going on.</exception>
    ValueTask WriteAsync(PendingChanges changes, CancellationToken cancellationToken);

    /// <summary>Makes sure that what was written is still there.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="EventLogUnavailableException">It is not, or cannot be read: <see cref="ResetAsync"/> before going on.</exception>
    ValueTask ConfirmAsync(CancellationToken cancellationToken);

    /// <summary>Begins again after a failure.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>What is written: the position and the number of existing entities.</returns>
    /// <exception cref="EventLogUnavailableException">The store still fails.</exception>
    ValueTask<(long Position, long EntityCount)> ResetAsync(CancellationToken cancellationToken);
}
