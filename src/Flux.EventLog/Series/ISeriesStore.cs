using Flux.Core.Log;

namespace Flux.EventLog.Series;

/// <summary>Where the read model keeps chunks.</summary>
/// <remarks>Each says what follows from the log alone, so any may be missing, and whoever makes one may write it.</remarks>
internal interface ISeriesStore
{
    /// <summary>Reads the chunks of a property.</summary>
    /// <param name="id">The entity's id.</param>
    /// <param name="property">The property's name, in UTF-8: PostgreSQL keeps no text with U+0000, which a name may hold.</param>
    /// <param name="first">The first stretch.</param>
    /// <param name="last">The last one.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The stretches that are kept, in order, and the property's chunk in each; null where it has no point.</returns>
    /// <exception cref="EventLogUnavailableException">The read model cannot be read.</exception>
    ValueTask<List<(long Stretch, byte[]? Points)>> ReadChunksAsync(
        string id, byte[] property, long first, long last, CancellationToken cancellationToken);

    /// <summary>Writes stretches, all or nothing. What is there already is replaced; of an entity without a row nothing need be written.</summary>
    /// <param name="stretches">The stretches, each once.</param>
    /// <param name="cancellationToken">Stops writing.</param>
    /// <exception cref="EventLogUnavailableException">The read model cannot be written to.</exception>
    ValueTask KeepAsync(IReadOnlyList<KeptStretch> stretches, CancellationToken cancellationToken);
}
