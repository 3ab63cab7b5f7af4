using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Flux.Testing.History;

/// <summary>The checker's own computation of a row's hash, from the definition in the documents and not from the server's code.</summary>
/// <remarks>
/// SHA-256 over the hash of the entity's row before (32 zero bytes without one), then namespace, entity, version, event id, stream, source, key,
/// schema, timestamp, payload, before, cause, expiry where there is one, and what was given, where the row says it; each as its length (int32, big-endian; -1 when absent) and its bytes; numbers as big-endian int64.
/// </remarks>
internal static class RowHash
{
    public static readonly byte[] None = new byte[SHA256.HashSizeInBytes];

    private static readonly ArrayBufferWriter<byte> Buffer = new(4096);

    // One buffer for all rows: the checker reads the log on one thread at a time.
    private static readonly Lock Gate = new();

    public static byte[] Of(ReadOnlySpan<byte> previous, RowRecord row)
    {
        lock (Gate)
        {
            Buffer.ResetWrittenCount();
            Buffer.Write(previous);
            Text(row.Namespace);
            Text(row.Entity);
            Number(row.Version);
            Text(row.EventId);
            Text(row.Stream);
            Text(row.Source);
            Text(row.Key);
            Text(row.Schema);
            Number(row.Timestamp);
            Bytes(row.Payload);
            Bytes(row.Before);
            Number(row.Cause);
            if (row.Expiry is { } expiry)
            {
                Bytes(expiry);
            }

            if (row.Given is { } given)
            {
                Number(given);
            }

            return SHA256.HashData(Buffer.WrittenSpan);
        }
    }

    /// <summary>Whether a row has its hash: in the present form, or in that of before November 2026, which did not cover what was given.</summary>
    public static bool Fits(ReadOnlySpan<byte> previous, RowRecord row) =>
        Of(previous, row).AsSpan().SequenceEqual(row.Hash) || Of(previous, row with { Given = null }).AsSpan().SequenceEqual(row.Hash);

    private static void Length(int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(Buffer.GetSpan(sizeof(int)), length);
        Buffer.Advance(sizeof(int));
    }

    private static void Text(string? text)
    {
        Length(text is null ? -1 : Encoding.UTF8.GetByteCount(text));
        if (text is not null)
        {
            Encoding.UTF8.GetBytes(text, Buffer);
        }
    }

    private static void Bytes(byte[]? bytes)
    {
        Length(bytes?.Length ?? -1);
        Buffer.Write(bytes);
    }

    private static void Number(long? number)
    {
        Length(number is null ? -1 : sizeof(long));
        if (number is { } value)
        {
            BinaryPrimitives.WriteInt64BigEndian(Buffer.GetSpan(sizeof(long)), value);
            Buffer.Advance(sizeof(long));
        }
    }
}
