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
    private readonly IndexCheck _indexes;

    /// <summary>Begins a check.</summary>
    /// <param name="model">The read model.</param>
    /// <param name="start">How far it was before the log's head was read.</param>
    /// <param name="walk">The log, from its start.</param>
    /// <param name="findAt">Reads the event at a position; null when there is none.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public ReadModelCheck(
        IReadModelSource model, ReadModelPosition start, LogWalk walk, Func<long, StoredRow?> findAt, CancellationToken cancellationToken)
    {
        (_model, _start, _check) = (model, start, walk.Check);
        _indexes = new IndexCheck(model, _fold, walk.Check, findAt);
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
            _indexes.CheckEventIds();
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
            _indexes.CheckEventIds();
            _indexes.CheckVersions();
        }
    }

    /// <summary>Checks at last that no index names a position that the log does not have.</summary>
    public void CheckAhead(long head) => _indexes.CheckAhead(head);

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

        if (row.Damage is not null)
        {
            throw Wrong(row, "it says that the entity is quarantined, and all its events are whole");
        }

        if (row.Positions is { } positions && positions != (entity.Positions, entity.Version))
        {
            throw _indexes.Wrong(entity, positions.Count);
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
}
