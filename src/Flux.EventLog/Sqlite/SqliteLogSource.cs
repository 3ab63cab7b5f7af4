using Flux.Core.Log;
using Flux.EventLog.Rows;
using Microsoft.Data.Sqlite;

namespace Flux.EventLog.Sqlite;

/// <summary>The log of a data directory or a backup, as it is stored.</summary>
/// <remarks>Each row is looked up by its position, as a server would: a row that stands in the file and is not found that way is as good as missing.</remarks>
internal sealed class SqliteLogSource : ILogSource
{
    private const int PageRows = 1000;
    private const long PageBytes = 16 * 1024 * 1024;

    private readonly string _path;
    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _row;
    private readonly SqliteStatement _commits;
    private readonly SqliteStatement _ends;

    // Null for a log of a version that had no index of causes.
    private readonly SqliteStatement? _cause;
    private readonly SqliteStatement? _causes;

    private SqliteLogSource(string path, SqliteDatabase database)
    {
        (_path, _database) = (path, database);
        _row = database.Prepare("SELECT position, entity, version, event_id, envelope, payload, before, cause, hash FROM event WHERE position = ?1");
        _commits = database.Prepare(
            $"SELECT first_position, count, recorded_at, id, writer, digest FROM log_commit WHERE first_position >= ?1 ORDER BY first_position LIMIT {PageRows}");
        if (database.QueryInt64("PRAGMA user_version") > 1)
        {
            _cause = database.Prepare("SELECT 1 FROM event INDEXED BY event_cause WHERE cause = ?1 AND position = ?2");
            _causes = database.Prepare("SELECT count(*) FROM event INDEXED BY event_cause WHERE cause IS NOT NULL AND position <= ?1");
        }

        _ends = database.Prepare(
            """
            SELECT (SELECT count(*) FROM log_meta), (SELECT epoch FROM log_meta), (SELECT coalesce(min(position), 1) FROM event),
                   (SELECT coalesce(min(first_position), 1) FROM log_commit), (SELECT coalesce(max(position), 0) FROM event),
                   (SELECT coalesce(max(first_position), 0) FROM log_commit)
            """);
    }

    /// <summary>Opens a log.</summary>
    /// <param name="directory">The data directory, or a backup.</param>
    /// <exception cref="DataDirectoryUnusableException">There is no log, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static SqliteLogSource Open(string directory)
    {
        var path = Path.Combine(directory, DataDirectory.LogFile);
        if (!File.Exists(path))
        {
            throw new DataDirectoryUnusableException($"{directory} holds no {DataDirectory.LogFile}");
        }

        try
        {
            var database = SqliteDatabase.Open(path, SqliteOpenMode.ReadOnly);
            try
            {
                SqliteSchema.RefuseNewer(database, "Sqlite", path);
                return new SqliteLogSource(path, database);
            }
            catch
            {
                database.Dispose();
                throw;
            }
        }
        catch (SqliteException e)
        {
            throw SqliteFailure.Describe(path, e);
        }
    }

    /// <inheritdoc/>
    public LogEnds ReadEnds() => Read("the row of log_meta", () =>
    {
        using var held = _ends.Hold();
        _ends.Step();
        if (_ends.StoredInt64(0) != 1 || !Guid.TryParseExact(_ends.StoredText(1), "D", out var epoch))
        {
            throw new FormatException("it holds no epoch");
        }

        var last = _ends.StoredInt64(5);
        return LogEnds.Check(epoch, _ends.StoredInt64(2), _ends.StoredInt64(3), _ends.StoredInt64(4), last == 0 ? null : ReadCommits(last)[0]);
    });

    /// <inheritdoc/>
    public IReadOnlyList<CommitRow> ReadCommits(long from)
    {
        var commits = new List<CommitRow>();
        return Read($"the commit after position {from - 1}", () =>
        {
            using var held = _commits.Bind(1, from).Hold();
            while (_commits.Step())
            {
                commits.Add(new CommitRow(
                    new Position(_commits.StoredInt64(0)),
                    checked((int)_commits.StoredInt64(1)),
                    new Timestamp(_commits.StoredInt64(2)),
                    new Guid(_commits.StoredBlob(3, length: 16), bigEndian: true),
                    _commits.StoredText(4),
                    _commits.StoredBlob(5, EventHash.Size)));
            }

            return commits;
        });
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredRow> ReadRows(long first, long last)
    {
        var rows = new List<StoredRow>();
        var bytes = 0L;
        for (var at = first; at <= last && rows.Count < PageRows && bytes < PageBytes; at++)
        {
            if (ReadRow(at) is not { } row)
            {
                break;
            }

            rows.Add(row);
            bytes += row.Size;
        }

        return rows;
    }

    /// <inheritdoc/>
    public long? CountCauses(long head) => _causes is null ? null : Read("the index of causes", () =>
    {
        using var held = _causes.Bind(1, head).Hold();
        _causes.Step();
        return _causes.StoredInt64(0);
    });

    public void Dispose() => _database.Dispose();

    private StoredRow? ReadRow(long position) => Read<StoredRow?>($"the event at position {position}", () =>
    {
        using var held = _row.Bind(1, position).Hold();
        if (!_row.Step())
        {
            return null;
        }

        var row = new StoredRow(
            _row.StoredInt64(0),
            _row.IsNull(1) ? null : _row.StoredText(1),
            _row.StoredInt64(2),
            _row.StoredText(3),
            _row.StoredBlob(4),
            _row.StoredBlob(5),
            _row.IsNull(6) ? null : _row.StoredBlob(6),
            _row.IsNull(7) ? null : _row.StoredInt64(7),
            _row.StoredBlob(8, EventHash.Size));
        return row.Cause is { } cause && !IsIndexed(cause, position) ? throw new FormatException("it is not in the index of causes") : row;
    });

    private bool IsIndexed(long cause, long position)
    {
        if (_cause is null)
        {
            return true;
        }

        using var held = _cause.Bind(1, cause).Bind(2, position).Hold();
        return _cause.Step();
    }

    private T Read<T>(string what, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new InvalidDataException($"{what} was changed: {e.Message}", e);
        }
        catch (SqliteException e)
        {
            throw SqliteFailure.Describe($"{_path}, at {what},", e);
        }
    }
}
