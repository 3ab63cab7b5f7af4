using Flux.EventLog.Rows;

namespace Flux.EventLog.Verification;

/// <summary>Compares the indexes of a log with the log, up to where it is folded.</summary>
internal sealed class IndexCheck(IReadModelSource model, LogFold fold, LogCheck check, Func<long, StoredRow?> findAt)
{
    // The highest position that an index names and that was not looked at, because the log was not folded so far.
    private long _ahead;

    /// <summary>Compares the index of event ids with what the log has up to where it is folded.</summary>
    public void CheckEventIds()
    {
        var end = check.Position.Value;
        var (sum, count) = (UInt128.Zero, 0L);
        foreach (var entry in model.ReadEventIds())
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

        if (sum == fold.EventIds && count == fold.EventIdCount)
        {
            return;
        }

        var decoder = new StoredRowDecoder();
        foreach (var entry in model.ReadEventIds().Where(e => e.Position <= end))
        {
            if (findAt(entry.Position) is not { } row || decoder.Decode(row, default) is not { Data.EventIdIsGiven: true } recorded
                || LogFold.EventIdOf(recorded) != entry)
            {
                throw new InvalidDataException(
                    $"the index has event id {Damage.Name(entry.EventId)} at position {entry.Position}, where the log has no such event: the index was changed");
            }
        }

        for (var position = 1L; position <= end; position++)
        {
            if (findAt(position) is { } row && decoder.Decode(row, default) is { Data.EventIdIsGiven: true } recorded
                && LogFold.EventIdOf(recorded) is var id && model.FindEventId(id.Namespace, id.EventId) != position)
            {
                throw Damage.At(recorded, $"has an id, {Damage.Name(id.EventId)}, that is not in the index: it was removed");
            }
        }

        throw new InvalidDataException("the index of event ids is not that of the log: it was changed");
    }

    /// <summary>Finds out what is wrong with the index of an entity: position by position, now that something is known to be.</summary>
    /// <param name="entity">The entity.</param>
    /// <param name="count">How many versions the index has.</param>
    public InvalidDataException Wrong(CheckedEntity entity, long count)
    {
        for (var version = 1L; version <= entity.Version; version++)
        {
            var position = model.FindPosition(entity.Id, version);
            if (findAt(position) is not { } found || found.Version != version || !string.Equals(found.Entity, entity.Id, StringComparison.Ordinal))
            {
                return new InvalidDataException(
                    $"the index has version {version} of {Damage.Name(entity.Id)} at position {position}, where the log does not have it: the index was changed");
            }
        }

        return new InvalidDataException(
            $"the index has {count} versions of {Damage.Name(entity.Id)}, and the log {entity.Version}: the index was changed");
    }

    /// <summary>Compares the index on (entity, version) that is written with the log.</summary>
    public void CheckVersions()
    {
        var (id, digest, count) = ((string?)null, 0UL, 0L);
        foreach (var entry in model.ReadVersions())
        {
            if (!string.Equals(entry.Entity, id, StringComparison.Ordinal))
            {
                CheckVersionsOf(id, digest, count);
                (id, digest, count) = (entry.Entity, 0, 0);
            }

            if (entry.Position > check.Position.Value)
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
        if (check.Entities.FirstOrDefault(e => !e.IsIndexed) is { } missing)
        {
            throw Wrong(missing, count: 0);
        }
    }

    private void CheckVersionsOf(string? id, ulong digest, long count)
    {
        if (id is null || count == 0)
        {
            return;
        }

        var entity = check.Find(id)
            ?? throw new InvalidDataException($"the index has {count} versions of {Damage.Name(id)}, and the log none: the index was changed");
        entity.IsIndexed = true;
        if ((digest, count) != (entity.Positions, entity.Version))
        {
            throw Wrong(entity, count);
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
}
