using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace Flux.EventLog.Sqlite;

/// <summary>Moves the log's WAL into the main file beside the writer, and says when the writer must pause so that the WAL starts anew.</summary>
/// <remarks>
/// A checkpoint inside a commit costs it 10 to 30 ms. One on a connection of its own does not, but under steady load it never reaches the end of
/// the WAL, which then grows without bound. So the writer moves the last stretch itself: right after a pass of this one little is left.
/// </remarks>
internal sealed partial class WalCheckpointer : IDisposable
{
    // 64 MB of 4 KB pages.
    private const int MaxFrames = 16_384;

    // At 60 MB/s of WAL a pass moves 6 MB, and as much is left for the writer at most.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly string _path;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private SqliteDatabase? _database;
    private volatile bool _hasMore;
    private volatile bool _isTooLong;
    private bool _isDisposed;

    public WalCheckpointer(string path, TimeProvider timeProvider, ILogger logger)
    {
        (_path, _logger) = (path, logger);
        _timer = timeProvider.CreateTimer(static state => ((WalCheckpointer)state!).Pass(), this, Interval, Interval);
    }

    /// <summary>Says that there is something to move.</summary>
    public void OnCommitted() => _hasMore = true;

    /// <summary>Called by the writer between two commits: moves the rest when the WAL is too long.</summary>
    public void LetWalRestart(LogFile file)
    {
        if (!_isTooLong)
        {
            return;
        }

        // Waits for a pass under way: SQLite lets one at a time.
        lock (_gate)
        {
            try
            {
                var (frames, moved) = file.MoveWal();
                _isTooLong = moved < frames; // a reader was in the way: again at the next commit
            }
            catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_BUSY)
            {
                // at the next commit
            }
            catch (SqliteException e)
            {
                _isTooLong = false; // the next pass says so again
                LogFailed(e);
            }
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        lock (_gate)
        {
            _isDisposed = true;
            _database?.Dispose();
        }
    }

    private void Pass()
    {
        // Ticks come late or together on a busy machine; one pass at a time is enough.
        if (!_hasMore || !_gate.TryEnter())
        {
            return;
        }

        try
        {
            if (_isDisposed)
            {
                return;
            }

            _hasMore = false;
            _database ??= OpenDatabase();
            var (frames, _) = _database.Checkpoint(raw.SQLITE_CHECKPOINT_PASSIVE);
            _isTooLong = frames > MaxFrames;
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_BUSY)
        {
            _hasMore = true; // the writer is starting the WAL anew, or a backup begins: at the next tick
        }
        catch (SqliteException e)
        {
            // A full disk, for one. Nothing is lost, the WAL has it all; a connection that failed is not used again.
            LogFailed(e);
            _database?.Dispose();
            _database = null;
            _hasMore = true;
        }
        finally
        {
            _gate.Exit();
        }
    }

    private SqliteDatabase OpenDatabase()
    {
        var database = SqliteDatabase.Open(_path, SqliteOpenMode.ReadWrite);

        // A connection that has read nothing yet does not know of the WAL: its checkpoints move nothing and succeed.
        database.QueryInt64("SELECT count(*) FROM log_meta");
        return database;
    }

    [LoggerMessage(LogLevel.Warning, "The log's WAL could not be moved into its file")]
    private partial void LogFailed(Exception exception);
}
