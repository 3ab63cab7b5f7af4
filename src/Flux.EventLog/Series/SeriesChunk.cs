using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Flux.Core.Log;
using Flux.Core.Series;
using Flux.EventLog.Projection;
using Flux.EventLog.Rows;

namespace Flux.EventLog.Series;

/// <summary>The points of one property in one stretch of versions, as the stores keep them.</summary>
/// <remarks>
/// In columns: how many points there are; of each the place of its version in the stretch (a byte), its number (8 bytes, a NaN for a gap and
/// another one for other values), and its time (the difference to the one before); of each other value its JSON, with its length; and a checksum
/// that covers what the chunk is of as well. Lengths and differences are in the LEB128 form, numbers in little-endian order.
/// </remarks>
internal static class SeriesChunk
{
    /// <summary>How many versions a stretch has: version v is in stretch (v - 1) / 256. A snapshot is at the end of each.</summary>
    public const int Versions = StoredState.SnapshotEvery;

    // No JSON number is a NaN.
    private const long GapBits = 0x7FF8_0000_0000_0001;
    private const long OtherBits = 0x7FF8_0000_0000_0002;

    public static readonly double Gap = BitConverter.Int64BitsToDouble(GapBits);

    public static readonly double Other = BitConverter.Int64BitsToDouble(OtherBits);

    /// <summary>Gives the place of a version in its stretch.</summary>
    public static byte OffsetOf(long version) => (byte)((version - 1) % Versions);

    /// <summary>Gives what makes the checksum of a chunk its own.</summary>
    public static ulong SeedOf(string id, ReadOnlySpan<byte> property, long stretch) =>
        XxHash3.HashToUInt64(property, (long)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(id), stretch));

    public static ulong Sum(ReadOnlySpan<byte> columns, ulong seed) => XxHash3.HashToUInt64(columns, (long)seed);

    /// <summary>Reads what <see cref="SeriesColumn.Write"/> wrote.</summary>
    /// <param name="chunk">The chunk. The points keep slices of it.</param>
    /// <param name="seed">What it is of: see <see cref="SeedOf"/>.</param>
    /// <param name="stretch">The number of its stretch.</param>
    /// <param name="points">Room for <see cref="Versions"/> points.</param>
    /// <param name="count">How many there are, when the answer is true.</param>
    /// <returns>False when it is damaged.</returns>
    public static bool TryRead(byte[] chunk, ulong seed, long stretch, Span<SeriesPoint> points, out int count)
    {
        count = 0;
        var end = chunk.Length - sizeof(ulong);
        if (end < 0 || Sum(chunk.AsSpan(0, end), seed) != BinaryPrimitives.ReadUInt64LittleEndian(chunk.AsSpan(end)))
        {
            return false;
        }

        ReadOnlySpan<byte> rest = chunk;
        count = (int)VarInt.Read(ref rest);
        var offsets = rest[..count];
        var numbers = rest[count..];
        rest = numbers[(count * sizeof(double))..];
        var (time, others) = (0L, 0);
        for (var i = 0; i < count; i++)
        {
            time += (long)VarInt.Read(ref rest);
            var number = BinaryPrimitives.ReadDoubleLittleEndian(numbers[(i * sizeof(double))..]);
            var kind = !double.IsNaN(number) ? SeriesPointKind.Number
                : BitConverter.DoubleToInt64Bits(number) == OtherBits ? SeriesPointKind.Other
                : SeriesPointKind.Gap;
            others += kind == SeriesPointKind.Other ? 1 : 0;
            points[i] = new SeriesPoint(
                (stretch * Versions) + offsets[i] + 1, new Timestamp(time), kind, kind == SeriesPointKind.Number ? number : 0, default);
        }

        for (var i = 0; others > 0; i++)
        {
            if (points[i].Kind == SeriesPointKind.Other)
            {
                var length = (int)VarInt.Read(ref rest);
                points[i] = points[i] with { Json = chunk.AsMemory(chunk.Length - rest.Length, length) };
                rest = rest[length..];
                others--;
            }
        }

        return true;
    }
}
