using Flux.Core.Events;
using Flux.Core.Log;

namespace Flux.Core.Series;

/// <summary>Reads the past of one property. It gives the same as a scan of the entity's events, in a hundredth of the time.</summary>
public interface ISeriesReader
{
    /// <summary>Reads the points between two versions.</summary>
    /// <remarks>
    /// Each event that sets the property is a point, and so is the deletion of the entity while the property is set and not <c>null</c>.
    /// A stretch of the past that nobody has read before is read from the log once; so the first reading may take seconds.
    /// </remarks>
    /// <param name="key">The entity.</param>
    /// <param name="property">The property's name.</param>
    /// <param name="firstVersion">The first version to look at, at least 1.</param>
    /// <param name="lastVersion">The last version to look at, which is recorded; it may lie before the first.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The points in order, some at a time; each part is only good until the next one is asked for.</returns>
    /// <exception cref="EventLogUnavailableException">The log or the read model cannot be read.</exception>
    IAsyncEnumerable<ReadOnlyMemory<SeriesPoint>> ReadAsync(
        EntityKey key, string property, long firstVersion, long lastVersion, CancellationToken cancellationToken);
}
