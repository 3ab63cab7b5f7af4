namespace Flux.EventLog.Rows;

/// <summary>Finds the hashes of single events, for whoever compares the ones behind them.</summary>
internal interface IRowHashes
{
    /// <summary>Reads hashes.</summary>
    /// <param name="events">The events: entity and version, from 1.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The hashes in the same order; null for an event that is not there.</returns>
    /// <exception cref="Core.Log.EventLogUnavailableException">The log cannot be read now.</exception>
    ValueTask<IReadOnlyList<byte[]?>> ReadHashesAsync(IReadOnlyList<(string Entity, long Version)> events, CancellationToken cancellationToken);
}
