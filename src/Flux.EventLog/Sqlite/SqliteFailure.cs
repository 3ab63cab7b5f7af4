using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Flux.EventLog.Sqlite;

/// <summary>Says of an error of SQLite whether the file is damaged, or only cannot be read now.</summary>
internal static class SqliteFailure
{
    /// <summary>Makes the exception that a check of the file ends with.</summary>
    /// <param name="path">The file.</param>
    /// <param name="e">The error.</param>
    public static Exception Describe(string path, SqliteException e) => e.SqliteErrorCode is
        raw.SQLITE_CANTOPEN or raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_PERM or raw.SQLITE_AUTH or raw.SQLITE_READONLY or raw.SQLITE_NOMEM
            ? new DataDirectoryUnusableException($"{path} cannot be read: {e.Message}", e)
            : new InvalidDataException($"{path} is damaged: {e.Message}", e);
}
