using System.Buffers;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Flux.EventLog.Sqlite;

/// <summary>A prepared statement, bound and read by ordinal: no boxing, no look-up by name. One thread at a time.</summary>
/// <remarks>Parameters count from 1, columns from 0, as SQLite counts them. A statement that returned rows must be reset, else it holds a snapshot.</remarks>
internal sealed class SqliteStatement : IDisposable
{
    private const int MaxStack = 512;

    private readonly sqlite3 _db;
    private readonly sqlite3_stmt _statement;

    public SqliteStatement(sqlite3 db, string sql)
    {
        _db = db;
        Check(raw.sqlite3_prepare_v3(db, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    public SqliteStatement Bind(int parameter, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, parameter, value));
        return this;
    }

    public SqliteStatement Bind(int parameter, long? value) => value is { } number ? Bind(parameter, number) : BindNull(parameter);

    public SqliteStatement BindText(int parameter, string? text)
    {
        if (text is null)
        {
            return BindNull(parameter);
        }

        var most = text.Length * 3;
        var rented = most <= MaxStack ? null : ArrayPool<byte>.Shared.Rent(most);
        var buffer = rented is null ? stackalloc byte[MaxStack] : rented;
        BindText(parameter, buffer[..Encoding.UTF8.GetBytes(text, buffer)]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return this;
    }

    public SqliteStatement BindText(int parameter, ReadOnlySpan<byte> utf8)
    {
        // An empty span has no address, which SQLite would take for NULL.
        Check(utf8.IsEmpty
            ? raw.sqlite3_bind_text(_statement, parameter, string.Empty)
            : raw.sqlite3_bind_text(_statement, parameter, utf8));
        return this;
    }

    public SqliteStatement BindBlob(int parameter, ReadOnlySpan<byte> bytes)
    {
        Check(bytes.IsEmpty ? raw.sqlite3_bind_zeroblob(_statement, parameter, 0) : raw.sqlite3_bind_blob(_statement, parameter, bytes));
        return this;
    }

    public SqliteStatement BindBlobOrNull(int parameter, byte[]? bytes) => bytes is null ? BindNull(parameter) : BindBlob(parameter, bytes);

    public SqliteStatement BindNull(int parameter)
    {
        Check(raw.sqlite3_bind_null(_statement, parameter));
        return this;
    }

    /// <summary>Goes to the next row.</summary>
    /// <returns>False when there is none; the statement is reset then.</returns>
    public bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        var error = code == raw.SQLITE_DONE ? null : Error(code);
        raw.sqlite3_reset(_statement); // repeats the step's own code, which was looked at
        return error is null ? false : throw error;
    }

    /// <summary>Runs a statement that returns no rows.</summary>
    public void Execute()
    {
        if (Step())
        {
            Reset();
        }
    }

    public void Reset() => raw.sqlite3_reset(_statement);

    /// <summary>Resets the statement at the end of a block.</summary>
    public Held Hold() => new(this);

    public long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    public bool IsNull(int column) => Type(column) == raw.SQLITE_NULL;

    /// <summary>Gets the type of a value, as SQLite numbers them.</summary>
    public int Type(int column) => raw.sqlite3_column_type(_statement, column);

    public string Name(int column) => raw.sqlite3_column_name(_statement, column).utf8_to_string();

    /// <summary>Gets a text's or a blob's bytes, which live until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    public byte[] Blob(int column) => Bytes(column).ToArray();

    public string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    public void Dispose() => _statement.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw Error(code);
        }
    }

    private SqliteException Error(int code) =>
        new(raw.sqlite3_errmsg(_db).utf8_to_string(), code & 0xFF, raw.sqlite3_extended_errcode(_db));

    /// <summary>A statement that is reset when this is disposed.</summary>
    public readonly struct Held(SqliteStatement statement) : IDisposable
    {
        public void Dispose() => statement.Reset();
    }
}
