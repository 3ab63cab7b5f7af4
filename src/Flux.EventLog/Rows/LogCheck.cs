using System.Text.Json;
using Flux.Core.Events;
using Flux.Core.Log;

namespace Flux.EventLog.Rows;

/// <summary>Compares what a log holds with its own hashes: from its start, commit by commit.</summary>
/// <remarks>A check of the whole keeps a hash for each entity in memory.</remarks>
internal sealed class LogCheck
{
    private readonly Dictionary<string, (long Version, byte[] Hash)> _entities = new(StringComparer.Ordinal);

    /// <summary>Gets the end of what was checked.</summary>
    public LogHead Head { get; private set; } = new(Position.Start, default, EventHash.None);

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
            var entity = ReadEntity(row);
            var (version, hash) = entity is null ? (-1, EventHash.None) : _entities.GetValueOrDefault(entity, (0, EventHash.None));
            if (row.Version != version + 1
                || !EventHash.OfRow(hash, row.Data, row.Version, row.Before, row.Cause, row.Expiry).AsSpan().SequenceEqual(row.Hash))
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

    /// <summary>Checks that a commit's digest covers its rows and the commit before.</summary>
    /// <exception cref="InvalidDataException">It does not.</exception>
    public static void CheckDigest(byte[] previous, CommitRow commit, byte[][] hashes)
    {
        if (!EventHash.OfCommit(previous, commit.First, commit.RecordedAt, hashes).AsSpan().SequenceEqual(commit.Digest))
        {
            throw new InvalidDataException($"the commit at position {commit.First} does not have its digest: the log was changed or is damaged");
        }
    }

    private static string? ReadEntity(RecordedEvent row)
    {
        try
        {
            return row.Data.Payload.EntityId;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or EventRefusedException)
        {
            // Only what could be read was ever stored: the damage has left no JSON, or a name that is no UTF-8.
            throw new InvalidDataException($"the event at position {row.Position} has a payload that cannot be read: it was changed", e);
        }
    }
}
