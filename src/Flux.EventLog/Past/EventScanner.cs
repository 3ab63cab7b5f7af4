using System.Text;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.EventLog.Sqlite;
using Microsoft.Data.Sqlite;

namespace Flux.EventLog.Past;

/// <summary>A connection that reads <c>log.db</c> from end to end and of each event only what its sink wants. One thread at a time.</summary>
internal sealed class EventScanner : IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _events;
    private readonly SqliteStatement _commits;

    public EventScanner(string path)
    {
        _database = SqliteDatabase.Open(path, SqliteOpenMode.ReadOnly);
        _events = _database.Prepare(
            "SELECT position, entity, version, before IS NOT NULL, payload FROM event WHERE position BETWEEN ?1 AND ?2 ORDER BY position");
        _commits = _database.Prepare(
            """
            SELECT first_position + count - 1, recorded_at FROM log_commit
             WHERE first_position >= (SELECT max(first_position) FROM log_commit WHERE first_position <= ?1) ORDER BY first_position
            """);
    }

    /// <summary>Reads a stretch of the log.</summary>
    /// <returns>The last position that was read.</returns>
    /// <exception cref="InvalidDataException">Commits are missing.</exception>
    public long Scan(long first, long last, IEventSink sink)
    {
        Span<char> id = stackalloc char[EntityKey.MaxBytes];
        var (expected, commitEnd, recordedAt) = (first, 0L, default(Timestamp));
        _events.Bind(1, first).Bind(2, last);
        _commits.Bind(1, first);
        try
        {
            for (; expected <= last && !sink.IsFull; expected++)
            {
                var isThere = _events.Step();
                if (!isThere || _events.Int64(0) != expected)
                {
                    sink.Miss();
                }

                if (!isThere)
                {
                    return last;
                }

                expected = _events.Int64(0);
                while (commitEnd < expected)
                {
                    if (!_commits.Step())
                    {
                        throw new InvalidDataException($"no commit holds position {expected}");
                    }

                    (commitEnd, recordedAt) = (_commits.Int64(0), new Timestamp(_commits.Int64(1)));
                }

                if (!_events.IsNull(1) && sink.Wants(id[..Encoding.UTF8.GetChars(_events.Bytes(1), id)]))
                {
                    sink.Take(_events.Int64(2), _events.Int64(3) != 0 ? _events.Blob(4) : null, recordedAt);
                }
            }
        }
        finally
        {
            _events.Reset();
            _commits.Reset();
        }

        return expected - 1;
    }

    public void Dispose() => _database.Dispose();
}
