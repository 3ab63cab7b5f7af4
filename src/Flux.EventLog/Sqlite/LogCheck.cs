using Flux.Core.Log;

namespace Flux.EventLog.Sqlite;

/// <summary>Compares what the log holds with its own hashes.</summary>
internal static class LogCheck
{
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
        CheckDigest(previous, last, Enumerable.Range(0, last.Count).Select(i => reader.ReadAt(last.First.Value + i).Hash).ToArray());
    }

    /// <summary>Checks one commit.</summary>
    /// <exception cref="InvalidDataException">Its digest is another.</exception>
    public static void CheckDigest(byte[] previous, CommitRow commit, IReadOnlyList<byte[]> hashes)
    {
        if (!EventHash.OfCommit(previous, commit.First, commit.RecordedAt, hashes).AsSpan().SequenceEqual(commit.Digest))
        {
            throw new InvalidDataException($"the commit at position {commit.First} does not have its digest: the log was changed or is damaged");
        }
    }
}
