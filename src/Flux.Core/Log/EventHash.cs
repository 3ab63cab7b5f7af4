using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Flux.Core.Entities;
using Flux.Core.Events;

namespace Flux.Core.Log;

/// <summary>The hashes that chain an entity's events, and the log's commits, so that a later change shows.</summary>
/// <remarks>
/// A row's hash is SHA-256 over, in this order: the hash of the entity's previous row (32 zero bytes for its first row, and for an event without
/// an entity), then the fields namespace, entity, version, event id, stream, source, key, schema, timestamp, payload, before, cause, then, only
/// where something is made due, expiry (the JSON of <see cref="Expiry.WriteTo"/>), and given: 1 when the producer gave the event id, plus 2 when it
/// gave the timestamp. A field is its
/// length in bytes as a big-endian int32 and then its bytes; a missing one has the length -1. Text is UTF-8; numbers are big-endian int64.
/// A commit's digest is SHA-256 over the previous commit's digest (32 zero bytes before the first), the first position, the count (int32) and
/// recorded_at in microseconds, all big-endian, the hashes of its rows in order, the 16 bytes of its id as RFC 9562 writes them, and its writer.
/// Until November 2026 a row was hashed without given, and a commit without id and writer: such hashes stay right for ever.
/// </remarks>
public static class EventHash
{
    /// <summary>The length of a hash, in bytes.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    /// <summary>What stands for the hash before the first.</summary>
    public static readonly byte[] None = new byte[Size];

    private const int Fields = 14;
    private const int IdSize = 16;
    private const long IdIsGiven = 1;
    private const long TimestampIsGiven = 2;

    /// <summary>Computes a row's hash.</summary>
    /// <param name="previous">The hash of the entity's previous row; <see cref="None"/> for its first.</param>
    /// <param name="data">The event.</param>
    /// <param name="version">Its version.</param>
    /// <param name="before">See <see cref="RecordedEvent.Before"/>.</param>
    /// <param name="cause">See <see cref="RecordedEvent.Cause"/>.</param>
    /// <param name="expiry">See <see cref="RecordedEvent.Expiry"/>.</param>
    /// <returns>32 bytes.</returns>
    public static byte[] OfRow(ReadOnlySpan<byte> previous, EventData data, long version, byte[]? before, Position? cause, Expiry? expiry) =>
        OfRow(previous, data, version, before, cause, expiry, withGiven: true);

    /// <summary>Says whether a row has the hash that it should have, in the present form or in the former one.</summary>
    /// <param name="previous">The hash of the entity's previous row; <see cref="None"/> for its first.</param>
    /// <param name="row">The row.</param>
    public static bool IsOfRow(ReadOnlySpan<byte> previous, RecordedEvent row) =>
        OfRow(previous, row, withGiven: true).AsSpan().SequenceEqual(row.Hash) || OfRow(previous, row, withGiven: false).AsSpan().SequenceEqual(row.Hash);

    /// <summary>Computes the hashes that a row may have, whatever it has: in the present form and in the former one.</summary>
    /// <param name="previous">The hash of the entity's previous row; <see cref="None"/> for its first.</param>
    /// <param name="row">The row.</param>
    /// <returns>Both, 32 bytes each.</returns>
    public static IReadOnlyList<byte[]> FormsOfRow(ReadOnlySpan<byte> previous, RecordedEvent row) =>
        [OfRow(previous, row, withGiven: true), OfRow(previous, row, withGiven: false)];

    /// <summary>Computes a commit's digest.</summary>
    /// <param name="previous">The digest of the commit before; <see cref="None"/> for the first.</param>
    /// <param name="first">The position of its first row.</param>
    /// <param name="recordedAt">The time of the commit.</param>
    /// <param name="rowHashes">The hashes of its rows, in order.</param>
    /// <param name="id">The commit's id.</param>
    /// <param name="writer">Who wrote it.</param>
    /// <returns>32 bytes.</returns>
    public static byte[] OfCommit(
        ReadOnlySpan<byte> previous, Position first, Timestamp recordedAt, IReadOnlyList<byte[]> rowHashes, Guid id, string writer) =>
        OfCommit(previous, first, recordedAt, rowHashes, (id, writer));

    /// <summary>Says whether a commit has the digest that it should have, in the present form or in the former one.</summary>
    /// <param name="digest">The digest that it has.</param>
    /// <param name="previous">The digest of the commit before; <see cref="None"/> for the first.</param>
    /// <param name="first">The position of its first row.</param>
    /// <param name="recordedAt">The time of the commit.</param>
    /// <param name="rowHashes">The hashes of its rows, in order.</param>
    /// <param name="id">The commit's id.</param>
    /// <param name="writer">Who wrote it.</param>
    public static bool IsOfCommit(
        ReadOnlySpan<byte> digest, ReadOnlySpan<byte> previous, Position first, Timestamp recordedAt, IReadOnlyList<byte[]> rowHashes, Guid id, string writer) =>
        digest.SequenceEqual(OfCommit(previous, first, recordedAt, rowHashes, (id, writer)))
            || digest.SequenceEqual(OfCommit(previous, first, recordedAt, rowHashes, writtenBy: null));

    private static byte[] OfRow(ReadOnlySpan<byte> previous, RecordedEvent row, bool withGiven) =>
        OfRow(previous, row.Data, row.Version, row.Before, row.Cause, row.Expiry, withGiven);

    private static byte[] OfRow(
        ReadOnlySpan<byte> previous, EventData data, long version, byte[]? before, Position? cause, Expiry? expiry, bool withGiven)
    {
        var entity = data.Entity;
        var due = expiry?.ToJson();
        var text = (entity?.Id.Length * 2 ?? 0) + data.EventId.Length + data.Stream.Length + data.Source.Length
            + (data.Key?.Length ?? 0) + (data.Schema?.Length ?? 0);
        var most = Size + (Fields * sizeof(int)) + (4 * sizeof(long)) + (text * 3) + data.Payload.Json.Length + (before?.Length ?? 0) + (due?.Length ?? 0);

        var buffer = ArrayPool<byte>.Shared.Rent(most);
        previous.CopyTo(buffer);
        var at = Size;
        AddText(buffer, ref at, entity?.Namespace ?? string.Empty);
        AddText(buffer, ref at, entity?.Id);
        AddNumber(buffer, ref at, version);
        AddText(buffer, ref at, data.EventId);
        AddText(buffer, ref at, data.Stream);
        AddText(buffer, ref at, data.Source);
        AddText(buffer, ref at, data.Key);
        AddText(buffer, ref at, data.Schema);
        AddNumber(buffer, ref at, data.Timestamp);
        AddBytes(buffer, ref at, data.Payload.Json.Span);
        if (before is null)
        {
            AddLength(buffer, ref at, -1);
        }
        else
        {
            AddBytes(buffer, ref at, before);
        }

        if (cause is { } position)
        {
            AddNumber(buffer, ref at, position.Value);
        }
        else
        {
            AddLength(buffer, ref at, -1);
        }

        if (due is not null)
        {
            AddBytes(buffer, ref at, due);
        }

        if (withGiven)
        {
            AddNumber(buffer, ref at, (data.EventIdIsGiven ? IdIsGiven : 0) | (data.TimestampIsGiven ? TimestampIsGiven : 0));
        }

        var hash = SHA256.HashData(buffer.AsSpan(0, at));
        ArrayPool<byte>.Shared.Return(buffer);
        return hash;
    }

    private static byte[] OfCommit(
        ReadOnlySpan<byte> previous, Position first, Timestamp recordedAt, IReadOnlyList<byte[]> rowHashes, (Guid Id, string Writer)? writtenBy)
    {
        const int header = Size + sizeof(long) + sizeof(int) + sizeof(long);
        var buffer = ArrayPool<byte>.Shared.Rent(header + (Size * rowHashes.Count) + IdSize + ((writtenBy?.Writer.Length ?? 0) * 3));
        previous.CopyTo(buffer);
        BinaryPrimitives.WriteInt64BigEndian(buffer.AsSpan(Size), first.Value);
        BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(Size + sizeof(long)), rowHashes.Count);
        BinaryPrimitives.WriteInt64BigEndian(buffer.AsSpan(Size + sizeof(long) + sizeof(int)), recordedAt.Microseconds);
        var at = header;
        foreach (var hash in rowHashes)
        {
            hash.CopyTo(buffer, at);
            at += Size;
        }

        if (writtenBy is var (id, writer))
        {
            id.TryWriteBytes(buffer.AsSpan(at), bigEndian: true, out var written);
            at += written;
            at += Encoding.UTF8.GetBytes(writer, buffer.AsSpan(at));
        }

        var digest = SHA256.HashData(buffer.AsSpan(0, at));
        ArrayPool<byte>.Shared.Return(buffer);
        return digest;
    }

    private static void AddLength(byte[] buffer, ref int at, int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(at), length);
        at += sizeof(int);
    }

    private static void AddNumber(byte[] buffer, ref int at, long number)
    {
        AddLength(buffer, ref at, sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(buffer.AsSpan(at), number);
        at += sizeof(long);
    }

    private static void AddBytes(byte[] buffer, ref int at, ReadOnlySpan<byte> bytes)
    {
        AddLength(buffer, ref at, bytes.Length);
        bytes.CopyTo(buffer.AsSpan(at));
        at += bytes.Length;
    }

    private static void AddText(byte[] buffer, ref int at, string? text)
    {
        if (text is null)
        {
            AddLength(buffer, ref at, -1);
            return;
        }

        var length = Encoding.UTF8.GetBytes(text, buffer.AsSpan(at + sizeof(int)));
        AddLength(buffer, ref at, length);
        at += length;
    }
}
