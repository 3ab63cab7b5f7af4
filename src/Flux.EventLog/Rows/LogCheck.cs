using Flux.Core.Log;

namespace Flux.EventLog.Rows;

/// <summary>Compares what a log holds with its own hashes: from its start, commit by commit, row by row.</summary>
/// <remarks>It keeps a <see cref="CheckedEntity"/> for each entity in memory.</remarks>
/// <param name="expected">A head that the log once had, to be met on the way; null for none.</param>
internal sealed class LogCheck(LogHead? expected)
{
    private readonly Dictionary<string, CheckedEntity> _entities = new(StringComparer.Ordinal);
    private readonly List<byte[]> _hashes = [];
    private readonly List<(string? Entity, long Version)> _rows = [];
    private CommitRow? _commit;

    /// <summary>Gets the end of the last commit that was checked.</summary>
    public LogHead Head { get; private set; } = new(Position.Start, default, EventHash.None);

    /// <summary>Gets the position of the last row that was checked.</summary>
    public Position Position => new(Head.Position.Value + _hashes.Count);

    /// <summary>Gets how many rows name their cause.</summary>
    public long Causes { get; private set; }

    public IReadOnlyCollection<CheckedEntity> Entities => _entities.Values;

    /// <summary>Gets the rows of the commit that is not checked to its end, or did not stand the check.</summary>
    public IReadOnlyList<(string? Entity, long Version)> Rows => _rows;

    public CheckedEntity? Find(string id) => _entities.GetValueOrDefault(id);

    /// <summary>Checks that a commit follows the one before. Its rows come next.</summary>
    /// <exception cref="InvalidDataException">It does not.</exception>
    public void Begin(CommitRow commit)
    {
        if (commit.First != Head.Position.Next)
        {
            throw new InvalidDataException($"no commit holds position {Head.Position.Next}; the next one begins at position {commit.First}: the log was changed");
        }

        if (commit.Count < 1 || commit.RecordedAt < Head.RecordedAt)
        {
            throw new InvalidDataException(
                $"the commit at position {commit.First} has {commit.Count} events at {commit.RecordedAt.Microseconds} µs, after one at {Head.RecordedAt.Microseconds} µs: it was changed");
        }

        _commit = commit;
    }

    /// <summary>Checks the next row, and with the last one of a commit the commit's digest.</summary>
    /// <exception cref="InvalidDataException">The row is not the next one or does not have its hash, or the commit does not have its digest.</exception>
    public CheckedRow Add(RecordedEvent row)
    {
        var commit = _commit ?? throw new InvalidOperationException("a row before its commit");
        if (row.Position != Position.Next)
        {
            throw new InvalidDataException($"the log has no event at position {Position.Next}: it was removed");
        }

        var (entity, previous) = AddToEntity(row);
        Add(commit, entity?.Id, row.Version, row.Hash);
        return new CheckedRow(commit, row, entity, previous);
    }

    /// <summary>Takes a row's hash for granted, because nothing else of it is known.</summary>
    /// <exception cref="InvalidDataException">It is not the next one, or its commit does not have its digest.</exception>
    public void AddHidden(Position position, byte[] hash)
    {
        var commit = _commit ?? throw new InvalidOperationException("a row before its commit");
        if (position != Position.Next)
        {
            throw new InvalidDataException($"the log has no event at position {Position.Next}: it was removed");
        }

        Add(commit, entity: null, version: 0, hash);
    }

    /// <summary>Checks a row of a part of a log: it is the next one of its entity, and has its hash.</summary>
    /// <returns>The hash of the entity's row before.</returns>
    /// <exception cref="InvalidDataException">It is not, or does not.</exception>
    public (CheckedEntity? Entity, byte[] Previous) AddToEntity(RecordedEvent row)
    {
        var entity = FindOrAdd(row.Data.Payload.EntityId);
        var previous = entity?.Hash ?? EventHash.None;
        Check(row, previous, entity is null ? 0 : entity.Version + 1);
        Causes += row.Cause is null ? 0 : 1;
        if (entity is not null)
        {
            (entity.Version, entity.Hash) = (row.Version, row.Hash);
        }

        return (entity, previous);
    }

    private static void Check(RecordedEvent row, byte[] previous, long version)
    {
        if (row.Version != version)
        {
            throw Damage.At(row, $"should have version {version}: an event was changed, moved or removed");
        }

        if (!EventHash.IsOfRow(previous, row))
        {
            throw Damage.At(row, "does not have its hash: it was changed");
        }
    }

    /// <summary>Checks that a commit's digest covers its rows and the commit before.</summary>
    /// <exception cref="InvalidDataException">It does not.</exception>
    public static void CheckDigest(byte[] previous, CommitRow commit, IReadOnlyList<byte[]> hashes)
    {
        if (!EventHash.IsOfCommit(commit.Digest, previous, commit.First, commit.RecordedAt, hashes, commit.Id, commit.Writer))
        {
            throw new InvalidDataException(
                $"the commit at position {commit.First} does not have its digest: it was changed, or one of its events up to position {commit.Last} was put in another's place");
        }
    }

    /// <summary>Checks at the end that the expected head was met.</summary>
    /// <exception cref="InvalidDataException">The log ends before it.</exception>
    public void CheckEnd()
    {
        if (expected is not null && Head.Position < expected.Position)
        {
            throw new InvalidDataException($"the log ends at position {Head.Position}, and had an event at position {expected.Position} when the digest was exported: its end was cut off");
        }
    }

    private void Add(CommitRow commit, string? entity, long version, byte[] hash)
    {
        _hashes.Add(hash);
        _rows.Add((entity, version));
        if (Position == commit.Last)
        {
            End(commit);
        }
    }

    private void End(CommitRow commit)
    {
        CheckDigest(Head.Digest, commit, _hashes);
        if (expected is not null && commit.First <= expected.Position && expected.Position <= commit.Last
            && !(commit.Last == expected.Position && commit.Digest.AsSpan().SequenceEqual(expected.Digest)))
        {
            throw new InvalidDataException($"the commit at position {commit.First} does not have the digest that was exported at position {expected.Position}: the log up to there is another one");
        }

        Head = commit.ToHead();
        _hashes.Clear();
        _rows.Clear();
        _commit = null;
    }

    private CheckedEntity? FindOrAdd(string? id)
    {
        if (id is null)
        {
            return null;
        }

        if (!_entities.TryGetValue(id, out var entity))
        {
            _entities.Add(id, entity = new CheckedEntity(id));
        }

        return entity;
    }
}
