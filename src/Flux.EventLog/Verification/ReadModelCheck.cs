using Flux.EventLog.Projection;
using Flux.EventLog.Rows;

namespace Flux.EventLog.Verification;

/// <summary>Compares a read model with the fold of its log. Both may grow meanwhile: each page is compared with the fold at the page's own position.</summary>
internal sealed class ReadModelCheck : IDisposable
{
    private readonly IReadModelSource _model;
    private readonly ReadModelPosition _start;
    private readonly LogFold _fold = new();
    private readonly LogCheck _check;
    private readonly IEnumerator<CheckedRow> _rows;
    private readonly Func<long, StoredRow?> _findAt;

    // The highest position that an index names and that was not looked at.
    private long _ahead;

    /// <summary>Begins a check.</summary>
    /// <param name="model">The read model.</param>
    /// <param name="start">How far it was before the log's head was read.</param>
    /// <param name="walk">The log, from its start.</param>
    /// <param name="findAt">Reads the event at a position; null when there is none.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public ReadModelCheck(
        IReadModelSource model, ReadModelPosition start, LogWalk walk, Func<long, StoredRow?> findAt, CancellationToken cancellationToken)
    {
        (_model, _start, _check, _findAt) = (model, start, walk.Check, findAt);
        _rows = walk.ReadRows(cancellationToken).GetEnumerator();
    }

    /// <summary>Reads the log up to where the read model was, and compares the snapshots on the way.</summary>
    /// <param name="onRow">Hears of every row.</param>
    public void ReadLog(Action onRow) => MoveTo(_start.Position, onRow);

    /// <summary>Compares everything that the read model holds. The log was read up to where it was.</summary>
    /// <param name="onEntity">Hears of every entity.</param>
    /// <exception cref="InvalidDataException">Something is not what the log says.</exception>
    public void Run(Action onEntity)
    {
        if (!_model.HasIndexesOfLog)
        {
            CheckEventIds();
        }

        foreach (var page in _model.ReadEntities())
        {
            Check(page, onEntity);
        }

        // Either new, and behind the pages as they were read, or gone.
        foreach (var entity in _check.Entities.Where(e => !e.IsSeen).ToList())
        {
            Check(_model.FindEntity(entity.Id), onEntity);
            if (!entity.IsSeen)
            {
                throw new InvalidDataException(
                    $"the read model has no row of {Damage.Name(entity.Id)}, which is at version {entity.Version}: it was removed");
            }
        }

        CheckCounts();
        if (_model.FindOrphan() is { } orphan)
        {
            throw new InvalidDataException($"the read model has {orphan}: it was changed");
        }
    }

    /// <summary>Reads the log on to its end, and compares the indexes that are written with it.</summary>
    /// <param name="head">The position of the end.</param>
    /// <param name="onRow">Hears of every row.</param>
    public void ReadRest(long head, Action onRow)
    {
        while (_check.Position.Value < head && _rows.MoveNext())
        {
            _fold.Add(_rows.Current);
            onRow();
        }

        if (_model.HasIndexesOfLog)
        {
            CheckEventIds();
            CheckVersions();
        }
    }

    /// <summary>Checks at last that no index names a position that the log does not have.</summary>
    public void CheckAhead(long head)
    {
        if (_ahead > head)
        {
            throw new InvalidDataException($"an index names position {_ahead}, and the log ends at position {head}: the index was changed");
        }
    }

    public void Dispose() => _rows.Dispose();

    private void MoveTo(long position, Action onRow)
    {
        if (position < _check.Position.Value)
        {
            throw new InvalidDataException(
                $"the read model went back to position {position} while it was compared: it is being built anew, so verify again later");
        }

        while (_check.Position.Value < position)
        {
            if (!_rows.MoveNext())
            {
                throw new InvalidDataException($"the read model is at position {position}, and the log ends at position {_check.Position}: its end was cut off");
            }

            var row = _rows.Current;
            _fold.Add(row);
            if (row.Entity is { } entity && entity.Version % StoredState.SnapshotEvery == 0)
            {
                CheckSnapshot(row, entity);
            }

            onRow();
        }
    }

    private void CheckSnapshot(CheckedRow row, CheckedEntity entity)
    {
        if (_model.FindSnapshot(entity.Id, entity.Version) is not { } snapshot)
        {
            if (_start.HasSnapshotsOf(row.Event.Position.Value))
            {
                throw Damage.At(row.Event, "has no snapshot in the read model: it was removed");
            }

            return;
        }

        if (!snapshot.IsSnapshot || !snapshot.IsWhole(entity.Id) || !IsState(entity, snapshot))
        {
            throw Damage.At(row.Event, "has a snapshot in the read model that is not the state of the log: it was changed");
        }
    }

    private void Check(ReadModelPage page, Action onEntity)
    {
        MoveTo(page.Position, static () => { });
        foreach (var row in page.Rows)
        {
            Check(row);
            onEntity();
        }
    }

    private void Check(ProjectedRow row)
    {
        var entity = _check.Find(row.Id);
        if (entity is null || entity.Version != row.Version)
        {
            throw Wrong(row, $"the log has version {entity?.Version ?? 0}");
        }

        entity.IsSeen = true;
        if (!IsState(entity, new StoredState(row.Version, row.Hash, row.LastUpdated, row.Properties, row.Expiry, Digest: null))
            || row.IsDeleted == entity.Exists || row.DueAt != entity.Expiry.Earliest?.Microseconds)
        {
            throw Wrong(row, "it is not the state of the log");
        }

        if (row.Positions is { } positions && positions != (entity.Positions, entity.Version))
        {
            throw WrongIndex(entity, positions.Count);
        }

        var snapshots = row.Version / StoredState.SnapshotEvery;
        if (row.SnapshotCount > snapshots || (_start.HasAllSnapshots && row.SnapshotCount < snapshots))
        {
            throw Wrong(row, $"it has {row.SnapshotCount} snapshots instead of {snapshots}");
        }
    }

    private static bool IsState(CheckedEntity entity, StoredState state)
    {
        if (state.Version != entity.Version || !state.Hash.AsSpan().SequenceEqual(entity.Hash) || state.LastUpdated != entity.LastUpdated
            || !state.Expiry.AsSpan().SequenceEqual(entity.Expiry.ToJson()))
        {
            return false;
        }

        try
        {
            return ContentDigest.OfProperties(state.Properties) == (entity.Properties, entity.PropertyCount, true);
        }
        catch (Exception e) when (StoredRowDecoder.IsUnreadable(e))
        {
            return false;
        }
    }

    private static InvalidDataException Wrong(ProjectedRow row, string what) =>
        new($"the read model has version {row.Version} of {Damage.Name(row.Id)}, but {what}: the row was changed");

    private InvalidDataException WrongIndex(CheckedEntity entity, long count)
    {
        for (var version = 1L; version <= entity.Version; version++)
        {
            var position = _model.FindPosition(entity.Id, version);
            if (_findAt(position) is not { } found || found.Version != version || !string.Equals(found.Entity, entity.Id, StringComparison.Ordinal))
            {
                return new InvalidDataException(
                    $"the index has version {version} of {Damage.Name(entity.Id)} at position {position}, where the log does not have it: the index was changed");
            }
        }

        return new InvalidDataException(
            $"the index has {count} versions of {Damage.Name(entity.Id)}, and the log {entity.Version}: the index was changed");
    }

    private void CheckVersions()
    {
        var (id, digest, count) = ((string?)null, 0UL, 0L);
        foreach (var entry in _model.ReadVersions())
        {
            if (!string.Equals(entry.Entity, id, StringComparison.Ordinal))
            {
                CheckVersionsOf(id, digest, count);
                (id, digest, count) = (entry.Entity, 0, 0);
            }

            if (entry.Position > _check.Position.Value)
            {
                _ahead = Math.Max(_ahead, entry.Position);
                continue;
            }

            digest = PositionDigest.Add(digest, entry.Position);
            if (entry.Version != ++count)
            {
                throw new InvalidDataException(
                    $"the index of {Damage.Name(entry.Entity)} has version {entry.Version}, at position {entry.Position}, where version {count} should follow: the index was changed");
            }
        }

        CheckVersionsOf(id, digest, count);
        if (_check.Entities.FirstOrDefault(e => !e.IsIndexed) is { } missing)
        {
            throw WrongIndex(missing, count: 0);
        }
    }

    private void CheckVersionsOf(string? id, ulong digest, long count)
    {
        if (id is null || count == 0)
        {
            return;
        }

        var entity = _check.Find(id)
            ?? throw new InvalidDataException($"the index has {count} versions of {Damage.Name(id)}, and the log none: the index was changed");
        entity.IsIndexed = true;
        if ((digest, count) != (entity.Positions, entity.Version))
        {
            throw WrongIndex(entity, count);
        }
    }

    private void CheckCounts()
    {
        var counts = _model.ReadCounts();
        if (counts.Position < 0)
        {
            return;
        }

        MoveTo(counts.Position, static () => { });
        if (counts.Entities != _fold.EntityCount)
        {
            throw new InvalidDataException($"the read model counts {counts.Entities} entities, and {_fold.EntityCount} exist: the count was changed");
        }

        foreach (var ns in counts.Namespaces.Keys.Union(_fold.Counts.Keys, StringComparer.Ordinal))
        {
            var (said, exist) = (counts.Namespaces.GetValueOrDefault(ns), _fold.Counts.GetValueOrDefault(ns));
            if (said != exist)
            {
                throw new InvalidDataException($"the read model counts {said} entities in namespace {Damage.Name(ns)}, and {exist} exist: the count was changed");
            }
        }
    }

    private void CheckEventIds()
    {
        var end = _check.Position.Value;
        var (sum, count) = (UInt128.Zero, 0L);
        foreach (var entry in _model.ReadEventIds())
        {
            if (entry.Position <= end)
            {
                sum += ContentDigest.Of(entry);
                count++;
            }
            else
            {
                _ahead = Math.Max(_ahead, entry.Position);
            }
        }

        if (sum == _fold.EventIds && count == _fold.EventIdCount)
        {
            return;
        }

        var decoder = new StoredRowDecoder();
        foreach (var entry in _model.ReadEventIds().Where(e => e.Position <= end))
        {
            if (_findAt(entry.Position) is not { } row || decoder.Decode(row, default) is not { Data.EventIdIsGiven: true } recorded
                || LogFold.EventIdOf(recorded) != entry)
            {
                throw new InvalidDataException(
                    $"the index has event id {Damage.Name(entry.EventId)} at position {entry.Position}, where the log has no such event: the index was changed");
            }
        }

        for (var position = 1L; position <= end; position++)
        {
            if (_findAt(position) is { } row && decoder.Decode(row, default) is { Data.EventIdIsGiven: true } recorded
                && LogFold.EventIdOf(recorded) is var id && _model.FindEventId(id.Namespace, id.EventId) != position)
            {
                throw Damage.At(recorded, $"has an id, {Damage.Name(id.EventId)}, that is not in the index: it was removed");
            }
        }

        throw new InvalidDataException("the index of event ids is not that of the log: it was changed");
    }
}
