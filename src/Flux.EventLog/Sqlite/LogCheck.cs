using Flux.Core.Log;
using Flux.EventLog.Rows;

namespace Flux.EventLog.Sqlite;

/// <summary>Compares what a log holds with its own hashes: from its start, commit by commit, or only its end.</summary>
/// <remarks>A check of the whole keeps a hash for each entity in memory.</remarks>
internal sealed class LogCheck
{
    private readonly Dictionary<string, (long Version, byte[] Hash)> _entities = new(StringComparer.Ordinal);

    /// <summary>Gets the end of what was checked.</summary>
    public LogHead Head { get; private set; } = new(Position.Start, default, EventHash.None);

    /// <summary>Checks at start that the end of the log is whole: the last commit's digest covers its rows and the commit before.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    public static void CheckLastCommit(LogReader reader, LogHead head)
    {
        if (head.Position == Position.Start)
        {
            return;
        }

        var last = reader.FindCommitAt(head.Position.Value);
        var previous = last.First.Value == 1 ? EventHash.None : reader.FindCommitAt(last.First.Value - 1).Digest;
        CheckDigest(previous, last, [.. Enumerable.Range(0, last.Count).Select(i => reader.ReadAt(last.First.Value + i).Hash)]);
    }

    /// <summary>Checks the next commit.</summary>
    /// <exception cref="InvalidDataException">It does not follow the one before, or was changed.</exception>
    public void Add(CommitRow commit, RecordedEvent[] rows)
    {
        if (commit.First != Head.Position.Next || commit.RecordedAt < Head.RecordedAt)
        {
            throw new InvalidDataException($"after position {Head.Position} comes a commit from {commit.First} on: the log was changed");
        }

        CheckDigest(Head.Digest, commit, [.. rows.Select(row => row.Hash)]);
        foreach (var row in rows)
        {
            var entity = row.Data.Payload.EntityId;
            var (version, hash) = entity is null ? (-1, EventHash.None) : _entities.GetValueOrDefault(entity, (0, EventHash.None));
            if (row.Version != version + 1
                || !EventHash.OfRow(hash, row.Data, row.Version, row.Before, row.Cause).AsSpan().SequenceEqual(row.Hash))
            {
                throw new InvalidDataException($"the event at position {row.Position} does not have its hash: it was changed");
            }

            if (entity is not null)
            {
                _entities[entity] = (row.Version, row.Hash);
            }
        }

        Head = commit.ToHead();
    }

    private static void CheckDigest(byte[] previous, CommitRow commit, byte[][] hashes)
    {
        if (!EventHash.OfCommit(previous, commit.First, commit.RecordedAt, hashes).AsSpan().SequenceEqual(commit.Digest))
        {
            throw new InvalidDataException($"the commit at position {commit.First} does not have its digest: the log was changed or is damaged");
        }
    }
}
