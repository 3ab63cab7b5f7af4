using Flux.Core.Log;
using Flux.EventLog.Rows;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Flux.EventLog.Sqlite;

/// <summary>Copies the embedded log to a safe place and back. The read model is not copied: it is built again.</summary>
public static class SqliteBackup
{
    // 4 MB of pages between two looks at the cancellation token.
    private const int PagesPerStep = 1024;

    /// <summary>Copies the log as it is now, while a server may be running on it.</summary>
    /// <param name="dataDirectory">The data directory.</param>
    /// <param name="targetDirectory">Where to; it is created, and must not hold a log yet.</param>
    /// <param name="progress">Hears how far it is; null for nobody.</param>
    /// <param name="cancellationToken">Stops copying and removes what was copied.</param>
    /// <returns>What the backup holds.</returns>
    /// <exception cref="DataDirectoryUnusableException">There is no log, or the target has one.</exception>
    /// <remarks>The server's WAL cannot start anew until this ends, and grows with what is appended meanwhile.</remarks>
    public static Task<BackupResult> BackupAsync(
        string dataDirectory, string targetDirectory, IProgress<LogProgress>? progress, CancellationToken cancellationToken) =>
        Task.Run(() => Backup(dataDirectory, targetDirectory, progress, cancellationToken), cancellationToken);

    /// <summary>Makes a data directory from a backup and checks every row, hash and digest on the way. The log gets a new epoch.</summary>
    /// <param name="backupDirectory">The backup.</param>
    /// <param name="dataDirectory">The data directory; missing or empty.</param>
    /// <param name="progress">Hears how far it is; null for nobody.</param>
    /// <param name="cancellationToken">Stops and removes what was copied.</param>
    /// <returns>What the restored log holds.</returns>
    /// <exception cref="DataDirectoryUnusableException">There is no backup, or the data directory is not empty.</exception>
    /// <exception cref="InvalidDataException">The backup is damaged; the message says where.</exception>
    public static Task<BackupResult> RestoreAsync(
        string backupDirectory, string dataDirectory, IProgress<LogProgress>? progress, CancellationToken cancellationToken) =>
        Task.Run(() => Restore(backupDirectory, dataDirectory, progress, cancellationToken), cancellationToken);

    private static BackupResult Backup(
        string dataDirectory, string targetDirectory, IProgress<LogProgress>? progress, CancellationToken cancellationToken)
    {
        var sourcePath = FindLog(dataDirectory);
        Directory.CreateDirectory(targetDirectory);
        var targetPath = Path.Combine(targetDirectory, DataDirectory.LogFile);
        if (File.Exists(targetPath))
        {
            throw new DataDirectoryUnusableException($"{targetDirectory} holds a backup already: name another directory");
        }

        return WholeFile.Make(targetPath, unfinished =>
        {
            using var source = SqliteDatabase.Open(sourcePath, SqliteOpenMode.ReadWrite);
            using (var target = SqliteDatabase.Open(unfinished, SqliteOpenMode.ReadWriteCreate))
            {
                // With a snapshot held, appends do not make the copy start again.
                source.Execute("BEGIN; SELECT epoch FROM log_meta");
                CopyPages(source, target, progress, cancellationToken);
                source.Execute("COMMIT");
                target.Execute("PRAGMA journal_mode = DELETE"); // one file, fit for read-only media
            }

            using var copy = SqliteDatabase.Open(unfinished, SqliteOpenMode.ReadOnly);
            var head = ReadHead(unfinished, copy);
            return new BackupResult(Guid.Parse(copy.QueryText("SELECT epoch FROM log_meta")), head);
        });
    }

    private static BackupResult Restore(
        string backupDirectory, string dataDirectory, IProgress<LogProgress>? progress, CancellationToken cancellationToken)
    {
        FindLog(backupDirectory);
        using var directory = DataDirectory.OpenNew(dataDirectory);
        return WholeFile.Make(directory.LogPath, unfinished =>
        {
            using var source = SqliteLogSource.Open(backupDirectory);
            var end = source.ReadEnds().Head.Position;
            var epoch = Guid.NewGuid();
            using var target = new SqliteLogSink(unfinished, epoch);
            var commits = new LogWalk(source, new LogCheck(expected: null)).ReadCommits(end.Value, cancellationToken);
            return new BackupResult(epoch, LogCopy.Run(commits, end.Value, target, progress, cancellationToken));
        });
    }

    private static string FindLog(string directory)
    {
        var path = Path.Combine(directory, DataDirectory.LogFile);
        return File.Exists(path) ? path : throw new DataDirectoryUnusableException($"{directory} holds no {DataDirectory.LogFile}");
    }

    private static LogHead ReadHead(string path, SqliteDatabase database)
    {
        var last = database.QueryInt64("SELECT coalesce(max(position), 0) FROM event");
        if (last == 0)
        {
            return new LogHead(Position.Start, default, EventHash.None);
        }

        using var reader = new LogReader(path);
        var head = reader.FindCommitAt(last).ToHead();
        reader.CheckLastCommit(head);
        return head;
    }

    private static void CopyPages(SqliteDatabase source, SqliteDatabase target, IProgress<LogProgress>? progress, CancellationToken cancellationToken)
    {
        using var backup = raw.sqlite3_backup_init(target.Handle, "main", source.Handle, "main");
        int code;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            code = raw.sqlite3_backup_step(backup, PagesPerStep);
            var (rest, pages) = (raw.sqlite3_backup_remaining(backup), raw.sqlite3_backup_pagecount(backup));
            progress?.Report(new LogProgress("pages", pages - rest, pages));
        }
        while (code == raw.SQLITE_OK);
        if (code != raw.SQLITE_DONE)
        {
            SqliteException.ThrowExceptionForRC(code, target.Handle);
        }
    }
}
