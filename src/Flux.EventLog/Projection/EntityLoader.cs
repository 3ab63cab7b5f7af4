using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Microsoft.Extensions.Logging;

namespace Flux.EventLog.Projection;

/// <summary>Gives the states of entities, from the nearest state that the read model has and the log's events after it.</summary>
internal sealed partial class EntityLoader(IStateSource source, IEventLog log, ILogger<EntityLoader> logger)
{
    // An event may have 1 MiB, and a page is in memory as a whole. Divides the distance of snapshots.
    private const int PageEvents = 64;

    /// <summary>Gives the state as of a moment not before the call.</summary>
    public async ValueTask<EntityState> LoadAsync(EntityKey key, CancellationToken cancellationToken)
    {
        var state = await source.ReadStateAsync(key.Id, cancellationToken).ConfigureAwait(false);
        return await FoldAsync(key, state, long.MaxValue, keepsSnapshots: false, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives the state right after a version.</summary>
    public async ValueTask<EntityState> LoadAsync(EntityKey key, long version, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(version);
        if (version == 0)
        {
            return EntityState.Empty;
        }

        var found = await FindWholeAsync(key.Id, version, cancellationToken).ConfigureAwait(false);

        // After its row the projection will write the snapshots. Before it they are there, unless one was damaged, or a version of Flux that writes
        // none has projected: then they are written on the way, so that nobody goes it twice.
        var keepsSnapshots = found is not { IsSnapshot: false };
        var state = found?.ToState() ?? EntityState.Empty;
        state = await FoldAsync(key, state, version, keepsSnapshots, cancellationToken).ConfigureAwait(false);
        return state.Version == version
            ? state
            : throw new ArgumentOutOfRangeException(nameof(version), version, $"{key} has {state.Version} versions, so none with the number {version}");
    }

    private async ValueTask<StoredState?> FindWholeAsync(string id, long version, CancellationToken cancellationToken)
    {
        var found = await source.FindStateAsync(id, version, cancellationToken).ConfigureAwait(false);
        while (found is not null && !found.IsWhole(id))
        {
            LogSnapshotDamaged(id, found.Version);
            found = await source.FindStateAsync(id, found.Version - 1, cancellationToken).ConfigureAwait(false);
        }

        return found;
    }

    /// <summary>Applies the events after a state, up to a version or to the last.</summary>
    private async ValueTask<EntityState> FoldAsync(
        EntityKey key, EntityState state, long version, bool keepsSnapshots, CancellationToken cancellationToken)
    {
        while (state.Version < version)
        {
            // To the next page's end and no further: snapshots are at the ends of pages.
            var wanted = (int)Math.Min(PageEvents - (state.Version % PageEvents), version - state.Version);
            var rows = await log.ReadEntityAsync(key, state.Version, wanted, cancellationToken).ConfigureAwait(false);
            foreach (var row in rows)
            {
                state = state.Apply(row);
            }

            if (rows.Count < wanted)
            {
                break;
            }

            if (keepsSnapshots && state.Version % StoredState.SnapshotEvery == 0)
            {
                LogSnapshotMissing(key.Id, state.Version);
                await source.KeepAsync(key.Id, state, cancellationToken).ConfigureAwait(false);
            }
        }

        return state;
    }

    [LoggerMessage(LogLevel.Warning, "The snapshot of {Entity} at version {Version} is damaged; an earlier one is taken")]
    private partial void LogSnapshotDamaged(string entity, long version);

    [LoggerMessage(LogLevel.Debug, "The snapshot of {Entity} at version {Version} was not there; it is written now")]
    private partial void LogSnapshotMissing(string entity, long version);
}
