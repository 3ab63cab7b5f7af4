using System.Buffers;
using Flux.Core.Log;
using Flux.EventLog.Rows;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Flux.EventLog.Sqlite;

/// <summary>The one connection that writes <c>log.db</c>.</summary>
internal sealed class LogFile : IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _insertEvent;
    private readonly SqliteStatement _insertCommit;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly ArrayBufferWriter<byte> _envelope = new(256);

    private LogFile(SqliteDatabase database)
    {
        _database = database;
        _begin = database.Prepare("BEGIN IMMEDIATE");
        _insertEvent = database.Prepare("INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
        _insertCommit = database.Prepare("INSERT INTO log_commit VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
        _commit = database.Prepare("COMMIT");
        _rollback = database.Prepare("ROLLBACK");
        Epoch = Guid.Parse(database.QueryText("SELECT epoch FROM log_meta"));
    }

    public Guid Epoch { get; }

    /// <summary>Opens the file, creates what is missing, and checks that it is as durable as promised.</summary>
    /// <param name="path">The file.</param>
    /// <param name="createAs">The epoch of a log that is created.</param>
    public static LogFile Open(string path, Guid createAs)
    {
        var database = SqliteDatabase.Open(path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            // No checkpoint inside a commit: WalCheckpointer does them beside the writer.
            database.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0");
            var (journal, synchronous) = (database.QueryText("PRAGMA journal_mode"), database.QueryInt64("PRAGMA synchronous"));
            if (!string.Equals(journal, "wal", StringComparison.OrdinalIgnoreCase) || synchronous != 2)
            {
                throw new DataDirectoryUnusableException(
                    $"{path}: the file system gives journal mode {journal} and synchronous {synchronous}; the log needs wal and 2 (FULL)");
            }

            if (Defect.IsOn(Defect.FlushesLate))
            {
                database.Execute("PRAGMA synchronous = NORMAL");
            }

            SqliteSchema.Apply(database, "Sqlite", path);
            using (var insert = new SqliteStatement(
                database.Handle, "INSERT INTO log_meta SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM log_meta)"))
            {
                insert.BindText(1, createAs.ToString()).Execute();
            }

            return new LogFile(database);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public void Begin()
    {
        if (Defect.IsOn(Defect.CommitsLate) && !_database.IsAutocommit)
        {
            _commit.Execute();
        }

        _begin.Execute();
    }

    public void Insert(RecordedEvent row)
    {
        var data = row.Data;
        _envelope.ResetWrittenCount();
        EventEnvelope.Write(_envelope, data, row.Expiry);
        _insertEvent
            .Bind(1, row.Position.Value)
            .BindText(2, data.Payload.EntityId)
            .Bind(3, row.Version)
            .BindText(4, data.EventId)
            .BindBlob(5, _envelope.WrittenSpan)
            .BindBlob(6, data.Payload.Json.Span)
            .BindBlobOrNull(7, row.Before)
            .Bind(8, row.Cause?.Value)
            .BindBlob(9, row.Hash)
            .Execute();
    }

    public void Insert(CommitRow commit) =>
        _insertCommit
            .Bind(1, commit.First.Value)
            .Bind(2, commit.Count)
            .Bind(3, commit.RecordedAt.Microseconds)
            .BindBlob(4, commit.Id.ToByteArray(bigEndian: true))
            .BindText(5, commit.Writer)
            .BindBlob(6, commit.Digest)
            .Execute();

    public void Commit()
    {
        if (!Defect.IsOn(Defect.CommitsLate))
        {
            _commit.Execute();
        }
    }

    /// <summary>Takes back what was inserted; SQLite has done so already after some errors.</summary>
    public void Rollback()
    {
        if (!_database.IsAutocommit)
        {
            _rollback.Execute();
        }
    }

    /// <summary>Moves what it can from the WAL into the file; once all of it is there, the next commit starts the WAL anew.</summary>
    public (int Frames, int Moved) MoveWal() => _database.Checkpoint(raw.SQLITE_CHECKPOINT_PASSIVE);

    /// <summary>Moves all of the WAL into the file, waiting for readers, and empties it.</summary>
    /// <exception cref="SqliteException">A reader would not end.</exception>
    public void EmptyWal() => _database.Checkpoint(raw.SQLITE_CHECKPOINT_TRUNCATE);

    /// <summary>Reads the commit at the end of the log and checks that the events end with it.</summary>
    /// <returns>Null for an empty log.</returns>
    /// <exception cref="InvalidDataException">They do not.</exception>
    public CommitRow? ReadLastCommit()
    {
        using var select = new SqliteStatement(
            _database.Handle, "SELECT first_position, count, recorded_at, id, writer, digest FROM log_commit ORDER BY first_position DESC LIMIT 1");
        var commit = select.Step() ? ReadCommit(select) : null;
        var lastEvent = _database.QueryInt64("SELECT coalesce(max(position), 0) FROM event");
        return lastEvent == (commit?.Last.Value ?? 0)
            ? commit
            : throw new InvalidDataException($"the log's last commit ends at position {commit?.Last.Value ?? 0}, its events at {lastEvent}");
    }

    /// <summary>Says whether a commit happened.</summary>
    public bool HasCommit(Position first, Guid id)
    {
        using var select = new SqliteStatement(_database.Handle, "SELECT 1 FROM log_commit WHERE first_position = ?1 AND id = ?2");
        return select.Bind(1, first.Value).BindBlob(2, id.ToByteArray(bigEndian: true)).Step();
    }

    /// <summary>Limits the file, to see what a full disk does.</summary>
    internal void LimitPages(long pages) => _database.Execute($"PRAGMA max_page_count = {pages}");

    public long CountPages() => _database.QueryInt64("PRAGMA page_count");

    public void Dispose() => _database.Dispose();

    internal static CommitRow ReadCommit(SqliteStatement row) => new(
        new Position(row.Int64(0)),
        (int)row.Int64(1),
        new Timestamp(row.Int64(2)),
        new Guid(row.Bytes(3), bigEndian: true),
        row.Text(4),
        row.Blob(5));
}
