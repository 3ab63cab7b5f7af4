using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;

namespace Flux.EventLog.Rows;

/// <summary>A log for whoever shows events: what is read from the store is compared with its hash, and a row that was changed is marked and told of.</summary>
/// <remarks>What comes from memory was written by this process or by another silo a moment ago, and is passed on as it is.</remarks>
internal sealed class CheckedLog(IEventLog log, IRowHashes hashes, DamageReports damages) : IEventLog
{
    // Looking one up in the embedded store takes ten times as long as reading a row.
    private readonly KnownHashes _known = new();

    /// <inheritdoc/>
    public Guid Epoch => log.Epoch;

    /// <inheritdoc/>
    public Timestamp Now => log.Now;

    /// <inheritdoc/>
    public ValueTask<AppendResult[]> AppendAsync(IReadOnlyList<EventToAppend> events, CancellationToken cancellationToken) =>
        log.AppendAsync(events, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LogHead> ReadHeadAsync(CancellationToken cancellationToken) => log.ReadHeadAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<LogPage> ReadAsync(
        LogScope scope, Position from, ReadDirection direction, int maxCount, CancellationToken cancellationToken)
    {
        var page = await log.ReadAsync(scope, from, direction, maxCount, cancellationToken).ConfigureAwait(false);
        return AreSound(page.Events) ? page : page with { Events = await CheckAsync(page.Events, cancellationToken).ConfigureAwait(false) };
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<RecordedEvent>> ReadEntityAsync(
        EntityKey key, long afterVersion, int maxCount, CancellationToken cancellationToken)
    {
        var rows = await log.ReadEntityAsync(key, afterVersion, maxCount, cancellationToken).ConfigureAwait(false);
        return AreSound(rows) ? rows : await CheckAsync(rows, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<RecordedEvent?> FindByEventIdAsync(string ns, string eventId, CancellationToken cancellationToken) =>
        await log.FindByEventIdAsync(ns, eventId, cancellationToken).ConfigureAwait(false) is { } row
            ? (await CheckAsync([row], cancellationToken).ConfigureAwait(false))[0]
            : null;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<RecordedEvent>> ReadEffectsAsync(
        Position cause, Position after, int maxCount, CancellationToken cancellationToken)
    {
        var rows = await log.ReadEffectsAsync(cause, after, maxCount, cancellationToken).ConfigureAwait(false);
        return AreSound(rows) ? rows : await CheckAsync(rows, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<Position> FindPositionAsync(Timestamp time, CancellationToken cancellationToken) => log.FindPositionAsync(time, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Position> WaitForMoreAsync(Position position, CancellationToken cancellationToken) =>
        log.WaitForMoreAsync(position, cancellationToken);

    /// <summary>Forgets what is only kept to be faster.</summary>
    public void ReleaseMemory() => _known.Clear();

    private static bool AreSound(IReadOnlyList<RecordedEvent> rows)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i].IsUnchecked || rows[i].Damage is not null)
            {
                return false;
            }
        }

        return true;
    }

    private async ValueTask<IReadOnlyList<RecordedEvent>> CheckAsync(IReadOnlyList<RecordedEvent> rows, CancellationToken cancellationToken)
    {
        var known = new Dictionary<(string Entity, long Version), byte[]>(rows.Count);
        foreach (var row in rows)
        {
            if (row.Data.Payload.EntityId is { } id)
            {
                known[(id, row.Version)] = row.Hash;
            }
        }

        List<(string Entity, long Version)> missing = [];
        foreach (var row in rows)
        {
            if (row.IsUnchecked && row.Version > 1 && row.Data.Payload.EntityId is { } id && !known.ContainsKey((id, row.Version - 1)))
            {
                missing.Add((id, row.Version - 1));
            }
        }

        _known.Find(missing, known);
        if (missing.Count > 0)
        {
            var found = await hashes.ReadHashesAsync(missing, cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < missing.Count; i++)
            {
                if (found[i] is { } hash)
                {
                    known[missing[i]] = hash;
                }
            }
        }

        var result = new RecordedEvent[rows.Count];
        for (var i = 0; i < result.Length; i++)
        {
            var row = rows[i];
            result[i] = row = !row.IsUnchecked ? row : FindPrevious(row, known) is { } previous ? row.Checked(previous) : Orphan(row);
            if (row.Damage is not null)
            {
                result[i] = await TellApartAsync(rows[i], row, cancellationToken).ConfigureAwait(false);
            }
        }

        _known.Add(rows);
        return result;
    }

    // A row is compared with the hash that the row before it has, and that may be what was changed: the row before is compared by itself, and the row
    // with the hash that the one before should have. So the first that is not what was written is told of, and what only stands behind it is sound.
    private async ValueTask<RecordedEvent> TellApartAsync(RecordedEvent row, RecordedEvent damaged, CancellationToken cancellationToken)
    {
        if (row.IsUnchecked && row.Version > 1 && row.Data.Payload.EntityId is { } id
            && await log.ReadEntityAsync(EntityKey.Trusted(id), row.Version - 2, maxCount: 1, cancellationToken).ConfigureAwait(false) is [var before]
            && before.Version == row.Version - 1)
        {
            if (before.Damage is not null)
            {
                Report(before);
                return damaged; // perhaps it is sound, and nobody can say
            }

            var previous = row.Version == 2
                ? EventHash.None
                : (await hashes.ReadHashesAsync([(id, row.Version - 2)], cancellationToken).ConfigureAwait(false))[0];
            if (previous is not null && before.WhyNotBehind(previous) is not null)
            {
                foreach (var hash in EventHash.FormsOfRow(previous, before))
                {
                    if (row.Checked(hash) is { Damage: null } sound)
                    {
                        Report(before.Checked(previous));
                        return sound;
                    }
                }
            }
        }

        Report(damaged);
        return damaged;
    }

    private void Report(RecordedEvent row) =>
        damages.Report(row.Data.Payload.EntityId, new EntityDamage(row.Position, row.Version, row.Damage!));

    private static byte[]? FindPrevious(RecordedEvent row, Dictionary<(string Entity, long Version), byte[]> known) =>
        row.Data.Payload.EntityId is not { } id || row.Version == 1 ? EventHash.None : known.GetValueOrDefault((id, row.Version - 1));

    private static RecordedEvent Orphan(RecordedEvent row) => RecordedEvent.Damaged(
        row.Position, row.RecordedAt, row.Data.Payload.EntityId, row.Version, "follows an event that is missing", row.Hash, row.Data.EventId);
}
