using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Flux.Testing.History;

namespace Flux.Testing.PostgreSql;

/// <summary>Checks outside of the server that the tables of a log fit together: positions, fences, commits and the chain of their digests.</summary>
/// <remarks>What the rows mean is left to <see cref="HistoryChecker"/>, which judges the same rows by the requests.</remarks>
internal static class LogAudit
{
    private const int Shown = 20;
    private const int IdIsGiven = 1;

    /// <summary>What does not fit, the first of it; empty when all does.</summary>
    public static IReadOnlyList<string> Check(LogTables log) =>
        [.. Positions(log).Concat(Fences(log)).Concat(Commits(log)).Take(Shown)];

    private static IEnumerable<string> Positions(LogTables log)
    {
        var expected = 1L;
        foreach (var row in log.Rows)
        {
            if (row.Position != expected)
            {
                yield return $"position {expected} is followed by {row.Position} in event";
            }

            expected = row.Position + 1;
        }

        if (log.HeadPosition != expected - 1)
        {
            yield return $"log_head is at {log.HeadPosition}, the last event at {expected - 1}";
        }
    }

    private static IEnumerable<string> Fences(LogTables log)
    {
        var (versions, ids) = (0, 0);
        foreach (var row in log.Rows)
        {
            if (row.Entity is not null)
            {
                versions++;
                if (!log.Versions.TryGetValue((row.Entity, row.Version), out var at) || at != row.Position)
                {
                    yield return $"entity_event does not lead to {row.Entity} v{row.Version} at {row.Position}";
                }
            }

            if (((row.Given ?? 0) & IdIsGiven) != 0)
            {
                ids++;
                if (!log.EventIds.TryGetValue((row.Namespace, row.EventId), out var at) || at != row.Position)
                {
                    yield return $"event_id does not lead to event {row.EventId} of '{row.Namespace}' at {row.Position}";
                }
            }
        }

        if (log.Versions.Count != versions)
        {
            yield return $"entity_event has {log.Versions.Count} rows for {versions} events of entities";
        }

        if (log.EventIds.Count != ids)
        {
            yield return $"event_id has {log.EventIds.Count} rows for {ids} events with a given id";
        }
    }

    private static IEnumerable<string> Commits(LogTables log)
    {
        var (next, digest, recordedAt, at) = (1L, RowHash.None, long.MinValue, 0);
        foreach (var commit in log.Commits)
        {
            if (commit.FirstPosition != next || commit.Count < 1)
            {
                yield return $"a commit of {commit.Count} begins at {commit.FirstPosition}, the one before ended at {next - 1}";
            }

            if (commit.RecordedAt < recordedAt)
            {
                yield return $"the commit at {commit.FirstPosition} was recorded at {commit.RecordedAt}, the one before at {recordedAt}";
            }

            (next, recordedAt) = (commit.FirstPosition + commit.Count, commit.RecordedAt);
            var first = at;
            for (; at < log.Rows.Count && log.Rows[at].Position < next; at++)
            {
            }

            if (!HasDigest(commit, digest, [.. log.Rows[first..at].Select(row => row.Hash)]))
            {
                yield return $"the digest of the commit at {commit.FirstPosition} does not fit its rows and the digest before";
            }

            digest = commit.Digest; // so that one fault is named once
        }

        if (next - 1 != log.HeadPosition)
        {
            yield return $"the last commit ends at {next - 1}, log_head is at {log.HeadPosition}";
        }

        if (!digest.AsSpan().SequenceEqual(log.HeadDigest))
        {
            yield return "the digest of log_head is not that of the last commit";
        }
    }

    /// <summary>SHA-256 over the digest before, first position (int64), count (int32), time in microseconds (int64), all big-endian, the rows' hashes, id and writer.</summary>
    /// <param name="previous">The digest before.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="hashes">The rows' hashes.</param>
    /// <param name="asFormerly">Without id and writer, as logs had it until November 2026.</param>
    public static byte[] Digest(byte[] previous, LogCommitRecord commit, IEnumerable<byte[]> hashes, bool asFormerly = false)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(previous);
        Span<byte> numbers = stackalloc byte[20];
        BinaryPrimitives.WriteInt64BigEndian(numbers, commit.FirstPosition);
        BinaryPrimitives.WriteInt32BigEndian(numbers[8..], commit.Count);
        BinaryPrimitives.WriteInt64BigEndian(numbers[12..], commit.RecordedAt);
        sha.AppendData(numbers);
        foreach (var hash in hashes)
        {
            sha.AppendData(hash);
        }

        if (!asFormerly)
        {
            sha.AppendData(commit.Id.ToByteArray(bigEndian: true));
            sha.AppendData(Encoding.UTF8.GetBytes(commit.Writer));
        }

        return sha.GetHashAndReset();
    }

    private static bool HasDigest(LogCommitRecord commit, byte[] previous, byte[][] hashes) =>
        commit.Digest.AsSpan().SequenceEqual(Digest(previous, commit, hashes))
            || commit.Digest.AsSpan().SequenceEqual(Digest(previous, commit, hashes, asFormerly: true));
}
