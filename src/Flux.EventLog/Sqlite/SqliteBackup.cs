using Flux.Core.Log;

namespace Flux.EventLog.Sqlite;

/// <summary>Copies and restores the embedded store.</summary>
public static class SqliteBackup
{
    /// <summary>Copies the store.</summary>
    public static Task<Position> BackupAsync(string dataDirectory, string target, IProgress<double> progress, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    /// <summary>Restores a copy.</summary>
    public static Task<Position> RestoreAsync(string backup, string dataDirectory, IProgress<double> progress, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
