using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Flux.EventLog.Sqlite;

/// <summary>A connection to one file, with the statements prepared on it. One thread at a time.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    // Only a checkpoint that needs all others out of the way, or another process (a backup), can make anyone wait.
    private const int BusyTimeoutMilliseconds = 5000;

    private readonly SqliteConnection _connection;
    private readonly List<SqliteStatement> _statements = [];

    private SqliteDatabase(SqliteConnection connection) => _connection = connection;

    /// <summary>Gets a value indicating whether no transaction is open.</summary>
    public bool IsAutocommit => raw.sqlite3_get_autocommit(_connection.Handle) != 0;

    /// <summary>Gets what SQLite's own functions take.</summary>
    public sqlite3 Handle => _connection.Handle!;

    public static SqliteDatabase Open(string path, SqliteOpenMode mode)
    {
        // Not pooled: a connection that failed must be gone when it is disposed.
        var text = new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ToString();
        var connection = new SqliteConnection(text);
        try
        {
            connection.Open();
            raw.sqlite3_extended_result_codes(connection.Handle, 1);
            var database = new SqliteDatabase(connection);
            database.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {BusyTimeoutMilliseconds}"));
            return database;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Prepares a statement that lives as long as the connection.</summary>
    public SqliteStatement Prepare(string sql)
    {
        var statement = new SqliteStatement(_connection.Handle!, sql);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>Runs one statement, or several, once.</summary>
    public void Execute(string sql)
    {
        var code = raw.sqlite3_exec(_connection.Handle, sql);
        if (code != raw.SQLITE_OK)
        {
            SqliteException.ThrowExceptionForRC(code, _connection.Handle);
        }
    }

    public long QueryInt64(string sql) => Query(sql, row => row.Int64(0));

    public string QueryText(string sql) => Query(sql, row => row.Text(0));

    /// <summary>Moves pages from the WAL into the file.</summary>
    /// <param name="mode">One of SQLite's checkpoint modes.</param>
    /// <returns>How many frames the WAL holds, and how many of them are in the file.</returns>
    public (int Frames, int Moved) Checkpoint(int mode)
    {
        var code = raw.sqlite3_wal_checkpoint_v2(_connection.Handle, "main", mode, out var frames, out var moved);
        if (code is not raw.SQLITE_OK)
        {
            SqliteException.ThrowExceptionForRC(code, _connection.Handle);
        }

        return (frames, moved);
    }

    /// <summary>Frees the pages kept in memory; a connection that was closed after a failure has none.</summary>
    public void ReleaseMemory()
    {
        if (_connection.State == System.Data.ConnectionState.Open)
        {
            Execute("PRAGMA shrink_memory");
        }
    }

    public void Dispose()
    {
        foreach (var statement in _statements)
        {
            statement.Dispose();
        }

        _connection.Dispose();
    }

    private T Query<T>(string sql, Func<SqliteStatement, T> read)
    {
        using var statement = new SqliteStatement(_connection.Handle!, sql);
        return statement.Step() ? read(statement) : throw new InvalidOperationException($"no row: {sql}");
    }
}
