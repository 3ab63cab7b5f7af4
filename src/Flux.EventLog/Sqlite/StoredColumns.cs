using System.Text;
using SQLitePCL;

namespace Flux.EventLog.Sqlite;

/// <summary>Reads columns that may be damaged: SQLite gives any type for any column, and a text need not be one.</summary>
/// <remarks>All throw a <see cref="FormatException"/> for what cannot have been written.</remarks>
internal static class StoredColumns
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a whole number.</summary>
    /// <exception cref="FormatException">It is something else; the message names the column.</exception>
    public static long StoredInt64(this SqliteStatement row, int column) =>
        row.Type(column) == raw.SQLITE_INTEGER ? row.Int64(column) : throw Wrong(row, column, "no whole number");

    public static byte[] StoredBlob(this SqliteStatement row, int column) =>
        row.Type(column) == raw.SQLITE_BLOB ? row.Blob(column) : throw Wrong(row, column, "no bytes");

    public static byte[] StoredBlob(this SqliteStatement row, int column, int length) =>
        row.StoredBlob(column) is var bytes && bytes.Length == length ? bytes : throw Wrong(row, column, $"not {length} bytes long");

    public static string StoredText(this SqliteStatement row, int column)
    {
        try
        {
            return row.Type(column) == raw.SQLITE_TEXT ? Strict.GetString(row.Bytes(column)) : throw Wrong(row, column, "no text");
        }
        catch (DecoderFallbackException)
        {
            throw Wrong(row, column, "no valid text");
        }
    }

    private static FormatException Wrong(SqliteStatement row, int column, string what) => new($"{row.Name(column)} is {what}");
}
