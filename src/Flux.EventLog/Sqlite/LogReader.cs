using Flux.Core.Events;
using Flux.Core.Log;
using Flux.EventLog.Rows;
using Microsoft.Data.Sqlite;

namespace Flux.EventLog.Sqlite;

/// <summary>A connection that reads <c>log.db</c>. No statement stays open between calls. One thread at a time.</summary>
internal sealed class LogReader : IDisposable
{
    private const string Columns = "position, entity, version, event_id, envelope, payload, before, cause, hash";

    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _forward;
    private readonly SqliteStatement _backward;
    private readonly SqliteStatement _commitAt;
    private readonly SqliteStatement _effects;
    private readonly SqliteStatement _hash;
    private readonly StoredRowDecoder _decoder = new();
    private readonly Func<long, Timestamp> _findTime;

    // The commit that the last event belonged to: events are mostly read in order. Rows never change, so it cannot be stale.
    private (long First, long Last, Timestamp RecordedAt) _commit;

    public LogReader(string path)
    {
        _findTime = position => FindCommit(position).RecordedAt;
        _database = SqliteDatabase.Open(path, SqliteOpenMode.ReadOnly);
        _forward = _database.Prepare($"SELECT {Columns} FROM event WHERE position BETWEEN ?1 AND ?2 ORDER BY position");
        _backward = _database.Prepare($"SELECT {Columns} FROM event WHERE position <= ?1 ORDER BY position DESC");
        _effects = _database.Prepare($"SELECT {Columns} FROM event WHERE cause = ?1 AND position > ?2 AND position <= ?3 ORDER BY position LIMIT ?4");
        _hash = _database.Prepare("SELECT hash FROM event WHERE position = ?1");
        _commitAt = _database.Prepare(
            "SELECT first_position, count, recorded_at FROM log_commit WHERE first_position <= ?1 ORDER BY first_position DESC LIMIT 1");
    }

    /// <summary>Reads rows in order until the page is full, the bound on looked-at rows is reached or the log ends.</summary>
    /// <param name="from">The first position to look at; at most <paramref name="head"/>.</param>
    /// <param name="head">The last position that may be shown.</param>
    /// <param name="direction">Which way.</param>
    /// <param name="ns">The namespace wanted; null for all.</param>
    /// <param name="page">Takes the events and says when it is full.</param>
    /// <param name="maxScanned">The most rows to look at.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The last position looked at.</returns>
    public long Read(
        long from, long head, ReadDirection direction, string? ns, PageBuilder page, int maxScanned, CancellationToken cancellationToken)
    {
        var rows = direction == ReadDirection.Forward ? _forward.Bind(1, from).Bind(2, head) : _backward.Bind(1, from);
        var last = direction == ReadDirection.Forward ? from - 1 : from + 1;
        try
        {
            for (var scanned = 0; ; scanned++)
            {
                if (scanned == maxScanned)
                {
                    return last;
                }

                if (!rows.Step())
                {
                    break;
                }

                cancellationToken.ThrowIfCancellationRequested();
                var position = rows.Int64(0);
                if (ns is null && !page.TryPass(ref last, position, _findTime)) // whose events they were nobody knows here: who reads everything is told
                {
                    return last;
                }

                if ((ns is null || IsIn(ns, rows)) && !page.TryAdd(ToEvent(rows)))
                {
                    return last;
                }

                last = position;
                if (page.IsFull)
                {
                    return last;
                }
            }
        }
        finally
        {
            rows.Reset();
        }

        // Rows are missing up to the end as well.
        var isForward = direction == ReadDirection.Forward;
        return ns is not null || page.TryPass(ref last, isForward ? head + 1 : 0, _findTime) ? (isForward ? head : 1) : last;
    }

    /// <summary>Reads the events with a cause.</summary>
    /// <param name="cause">The position of the cause.</param>
    /// <param name="after">The position after which to begin.</param>
    /// <param name="head">The last position that may be shown.</param>
    /// <param name="maxCount">The most events.</param>
    public IReadOnlyList<RecordedEvent> ReadEffects(long cause, long after, long head, int maxCount)
    {
        var events = new List<RecordedEvent>();
        try
        {
            _effects.Bind(1, cause).Bind(2, after).Bind(3, head).Bind(4, maxCount);
            while (_effects.Step())
            {
                events.Add(ToEvent(_effects));
            }
        }
        finally
        {
            _effects.Reset();
        }

        return events;
    }

    /// <summary>Reads one event, or what stands for it when it is missing.</summary>
    public RecordedEvent ReadAt(long position)
    {
        try
        {
            return _forward.Bind(1, position).Bind(2, position).Step() ? ToEvent(_forward) : Damage.MissingRow(position, _findTime(position));
        }
        finally
        {
            _forward.Reset();
        }
    }

    /// <summary>Reads the hash of one event; null when it is missing.</summary>
    public byte[]? ReadHash(long position)
    {
        try
        {
            return _hash.Bind(1, position).Step() ? _hash.Blob(0) : null;
        }
        finally
        {
            _hash.Reset();
        }
    }

    /// <summary>Finds the first position up to <paramref name="head"/> that was recorded at or after a time, or the one after it.</summary>
    public long FindPosition(Timestamp time, long head)
    {
        var (low, high) = (1L, head + 1);
        while (low < high)
        {
            var commit = FindCommit(low + ((high - low) / 2));
            (low, high) = commit.RecordedAt < time ? (commit.Last + 1, high) : (low, commit.First);
        }

        return low;
    }

    /// <summary>Reads the position of the last event; 0 for an empty log.</summary>
    public long ReadLastPosition() => _database.QueryInt64("SELECT coalesce(max(position), 0) FROM event");

    /// <summary>Reads the commit that holds a position.</summary>
    public CommitRow FindCommitAt(long position) => ReadCommits(FindCommit(position).First).First();

    /// <summary>Reads the commits from a position on, in order.</summary>
    public IEnumerable<CommitRow> ReadCommits(long from)
    {
        using var select = new SqliteStatement(
            _database.Handle,
            "SELECT first_position, count, recorded_at, id, writer, digest FROM log_commit WHERE first_position >= ?1 ORDER BY first_position");
        select.Bind(1, from);
        while (select.Step())
        {
            yield return LogFile.ReadCommit(select);
        }
    }

    /// <summary>Checks at start that the end of the log is whole: the last commit's digest covers its rows and the commit before.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    public void CheckLastCommit(LogHead head)
    {
        if (head.Position == Position.Start)
        {
            return;
        }

        var last = FindCommitAt(head.Position.Value);
        var previous = last.First.Value == 1 ? EventHash.None : FindCommitAt(last.First.Value - 1).Digest;
        LogCheck.CheckDigest(previous, last, [.. Enumerable.Range(0, last.Count).Select(i => ReadAt(last.First.Value + i).Hash)]);
    }

    public void Dispose() => _database.Dispose();

    private static bool IsIn(string ns, SqliteStatement row)
    {
        var id = row.Bytes(1); // NULL has no bytes, and an event without an entity is in the namespace without a name
        var slash = id.IndexOf((byte)'/');
        return Utf8Equals(slash <= 0 ? [] : id[..slash], ns);
    }

    private static bool Utf8Equals(ReadOnlySpan<byte> utf8, string text)
    {
        Span<byte> buffer = stackalloc byte[EntityKey.MaxBytes];
        return System.Text.Encoding.UTF8.TryGetBytes(text, buffer, out var length) && utf8.SequenceEqual(buffer[..length]);
    }

    private RecordedEvent ToEvent(SqliteStatement row)
    {
        var position = row.Int64(0);
        var stored = new StoredRow(
            position,
            row.IsNull(1) ? null : row.Text(1),
            row.Int64(2),
            row.Text(3),
            row.Blob(4),
            row.Blob(5),
            row.IsNull(6) ? null : row.Blob(6),
            row.IsNull(7) ? null : row.Int64(7),
            row.Blob(8));
        return _decoder.DecodeOrMark(stored, FindCommit(position).RecordedAt);
    }

    private (long First, long Last, Timestamp RecordedAt) FindCommit(long position)
    {
        if (position < _commit.First || position > _commit.Last)
        {
            try
            {
                if (!_commitAt.Bind(1, position).Step())
                {
                    throw new InvalidDataException($"no commit holds position {position}");
                }

                var first = _commitAt.Int64(0);
                _commit = (first, first + _commitAt.Int64(1) - 1, new Timestamp(_commitAt.Int64(2)));
            }
            finally
            {
                _commitAt.Reset();
            }

            if (position > _commit.Last)
            {
                throw new InvalidDataException($"no commit holds position {position}");
            }
        }

        return _commit;
    }
}
