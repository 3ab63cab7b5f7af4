using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Flux.Core.Log;

namespace Flux.Core.Subscriptions;

/// <summary>How far a subscriber has come in a log: what it hands back to go on. Its text is opaque to clients. Source: design, section 3.</summary>
/// <remarks>
/// The text is base64url of: a byte with the number of logs (1 today), then for each log its epoch (16 bytes), the position (8 bytes, big-endian) and the first
/// 8 bytes of that row's hash, and at last a CRC-32 of all before it. The hash shows that the log is still the one that the cursor was made from.
/// </remarks>
/// <param name="Epoch">The log's epoch: see <see cref="IEventLog.Epoch"/>.</param>
/// <param name="Position">The last position that was received; <see cref="Position.Start"/> for nothing.</param>
/// <param name="RowHash">The first 8 bytes of the hash of the row at that position, big-endian; 0 before the first row.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Cursor(Guid Epoch, Position Position, ulong RowHash)
{
    /// <summary>The length of a cursor's text, in bytes.</summary>
    public const int TextLength = 50;

    private const byte Logs = 1;
    private const int EpochBytes = 16;
    private const int PositionAt = 1 + EpochBytes;
    private const int HashAt = PositionAt + sizeof(long);
    private const int ChecksumAt = HashAt + sizeof(ulong);
    private const int Length = ChecksumAt + sizeof(uint);

    /// <summary>Makes the cursor that stands behind a row.</summary>
    /// <param name="epoch">The log's epoch.</param>
    /// <param name="recorded">The row.</param>
    /// <returns>The cursor.</returns>
    public static Cursor Behind(Guid epoch, RecordedEvent recorded) => new(epoch, recorded.Position, Shorten(recorded.Hash));

    /// <summary>Gives of a row's hash what a cursor holds.</summary>
    /// <param name="hash">The hash: see <see cref="RecordedEvent.Hash"/>.</param>
    /// <returns>Its first 8 bytes.</returns>
    public static ulong Shorten(ReadOnlySpan<byte> hash) => BinaryPrimitives.ReadUInt64BigEndian(hash);

    /// <summary>Writes the text.</summary>
    /// <param name="text">Room for <see cref="TextLength"/> bytes.</param>
    public void Write(Span<byte> text)
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes[0] = Logs;
        Epoch.TryWriteBytes(bytes[1..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(bytes[PositionAt..], Position.Value);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[HashAt..], RowHash);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[ChecksumAt..], Crc32.HashToUInt32(bytes[..ChecksumAt]));
        Base64Url.EncodeToUtf8(bytes, text);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cursor">The cursor, when the answer is true.</param>
    /// <returns>False for anything else, an altered cursor included.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out Cursor cursor)
    {
        cursor = default;
        Span<byte> bytes = stackalloc byte[Length];
        if (text.Length != TextLength
            || Base64Url.DecodeFromChars(text, bytes, out _, out var length) != OperationStatus.Done || length != Length // the one that tries throws at what is no base64url
            || bytes[0] != Logs || BinaryPrimitives.ReadUInt32BigEndian(bytes[ChecksumAt..]) != Crc32.HashToUInt32(bytes[..ChecksumAt]))
        {
            return false;
        }

        cursor = new Cursor(
            new Guid(bytes.Slice(1, EpochBytes), bigEndian: true),
            new Position(BinaryPrimitives.ReadInt64BigEndian(bytes[PositionAt..])),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[HashAt..]));
        return cursor.Position >= Position.Start;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(TextLength, this, static (text, cursor) =>
    {
        Span<byte> bytes = stackalloc byte[TextLength];
        cursor.Write(bytes);
        System.Text.Encoding.ASCII.GetChars(bytes, text);
    });
}
