using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Microsoft.Extensions.Logging;

namespace Flux.EventLog.Projection;

/// <summary>Gives the states of entities, from the nearest state that the read model has and the log's events after it.</summary>
internal sealed partial class EntityLoader(IStateSource source, IEventLog log, DamageReports damages, ILogger<EntityLoader> logger)
{
    // The last event is held against the read model and against the one before it.
    private const int LookBack = 2;

    // An event may have 1 MiB, and a page is in memory as a whole. Divides the distance of snapshots.
    private const int PageEvents = 64;

    /// <summary>Gives the state as of a moment not before the call, perhaps a damaged one.</summary>
    public async ValueTask<EntityState> LoadAsync(EntityKey key, CancellationToken cancellationToken)
    {
        var state = await source.ReadStateAsync(key.Id, cancellationToken).ConfigureAwait(false);
        if (state.Damage is not null)
        {
            return state;
        }

        if (state.Version > 0 && await TryFoldBehindAsync(key, state, cancellationToken).ConfigureAwait(false) is { } loaded)
        {
            return loaded;
        }

        if (state.Version > 0)
        {
            LogDoubted(key.Id, state.Version);
        }

        return await FoldAsync(key, EntityState.Empty, long.MaxValue, keepsSnapshots: false, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Keeps in mind that an entity is damaged.</summary>
    public ValueTask QuarantineAsync(EntityKey key, EntityDamage damage, CancellationToken cancellationToken) =>
        source.QuarantineAsync(key.Id, damage, cancellationToken);

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
            ? state.Whole()
            : throw new ArgumentOutOfRangeException(nameof(version), version, $"{key} has {state.Version} versions, so none with the number {version}");
    }

    /// <summary>Applies the events after the read model's row.</summary>
    /// <returns>The state; null when the row, or one of the last events, is not what the log says.</returns>
    private async ValueTask<EntityState?> TryFoldBehindAsync(EntityKey key, EntityState row, CancellationToken cancellationToken)
    {
        var from = Math.Max(row.Version - LookBack, 0);
        var rows = await log.ReadEntityAsync(key, from, PageEvents, cancellationToken).ConfigureAwait(false);
        var before = from == 0 ? EventHash.None : null;
        foreach (var known in rows.Take((int)(row.Version - from)))
        {
            if (known.Damage is not null || (before is not null && known.WhyNotBehind(before) is not null))
            {
                return null;
            }

            before = known.Hash;
        }

        if (rows.Count < row.Version - from || !before.AsSpan().SequenceEqual(row.Hash))
        {
            return null;
        }

        var state = rows.Skip((int)(row.Version - from)).Aggregate(row, static (state, next) => state.Apply(next));
        Report(key, state);
        return rows.Count < PageEvents
            ? state
            : await FoldAsync(key, state, long.MaxValue, keepsSnapshots: false, cancellationToken).ConfigureAwait(false);
    }

    private void Report(EntityKey key, EntityState state)
    {
        if (state.Damage is { } damage)
        {
            damages.Report(key.Id, damage);
        }
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
        var wasWhole = state.Damage is null;
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

            if (keepsSnapshots && state.Damage is null && state.Version % StoredState.SnapshotEvery == 0)
            {
                LogSnapshotMissing(key.Id, state.Version);
                await source.KeepAsync(key.Id, state, cancellationToken).ConfigureAwait(false);
            }
        }

        if (wasWhole)
        {
            Report(key, state);
        }

        return state;
    }

    [LoggerMessage(LogLevel.Warning, "The row of {Entity} at version {Version} in the read model is not what the log says; its events are read from the first on")]
    private partial void LogDoubted(string entity, long version);

    [LoggerMessage(LogLevel.Warning, "The snapshot of {Entity} at version {Version} is damaged; an earlier one is taken")]
    private partial void LogSnapshotDamaged(string entity, long version);

    [LoggerMessage(LogLevel.Debug, "The snapshot of {Entity} at version {Version} was not there; it is written now")]
    private partial void LogSnapshotMissing(string entity, long version);
}
