using Flux.Core.Entities;
using Flux.Core.Log;

namespace Flux.EventLog.Past;

/// <summary>What a store has to tell of the past of many entities.</summary>
internal interface IPastSource
{
    /// <summary>Counts the ids of a range that ever had an event, as far as they are projected.</summary>
    /// <param name="range">The range.</param>
    /// <param name="most">Where to stop counting.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="EventLogUnavailableException">The read model cannot be read.</exception>
    ValueTask<long> CountAsync(EntityRange range, long most, CancellationToken cancellationToken);

    /// <summary>Reads rows of the present, those of deleted entities too.</summary>
    /// <param name="range">The range.</param>
    /// <param name="maxRows">The most rows, at least 1; fewer when they are large.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="EventLogUnavailableException">The read model cannot be read.</exception>
    ValueTask<PresentRows> ReadPresentAsync(EntityRange range, int maxRows, CancellationToken cancellationToken);

    /// <summary>Reads the ids of the quarantined entities of a range.</summary>
    /// <param name="range">The range.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="EventLogUnavailableException">The read model cannot be read.</exception>
    ValueTask<HashSet<string>> ReadDamagedAsync(EntityRange range, CancellationToken cancellationToken);

    /// <summary>Finds the newest checkpoint at or before a position.</summary>
    /// <param name="position">The position.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>Its position; <see cref="Position.Start"/>, where nothing existed, when there is none.</returns>
    /// <exception cref="EventLogUnavailableException">The read model cannot be read.</exception>
    ValueTask<Position> FindCheckpointAsync(Position position, CancellationToken cancellationToken);

    /// <summary>Reads entities from a checkpoint, in the order of their ids.</summary>
    /// <param name="checkpoint">Its position.</param>
    /// <param name="range">The range.</param>
    /// <param name="maxRows">The most, at least 1.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>Those that existed; fewer than <paramref name="maxRows"/> when the range has no more.</returns>
    /// <exception cref="EventLogUnavailableException">The read model cannot be read.</exception>
    ValueTask<List<CheckpointRow>> ReadCheckpointAsync(Position checkpoint, EntityRange range, int maxRows, CancellationToken cancellationToken);

    /// <summary>Reads a stretch of the log in order; the sink is told of missing events.</summary>
    /// <param name="first">Its first position.</param>
    /// <param name="last">Its last position.</param>
    /// <param name="sink">Takes the events of entities; it may end the reading.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="EventLogUnavailableException">The log cannot be read.</exception>
    ValueTask ScanAsync(Position first, Position last, IEventSink sink, CancellationToken cancellationToken);
}
