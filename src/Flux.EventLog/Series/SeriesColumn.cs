using System.Buffers;
using System.Buffers.Binary;
using Flux.Core.Series;
using Flux.EventLog.Rows;

namespace Flux.EventLog.Series;

/// <summary>The points of one property in a stretch of versions, as they come.</summary>
internal sealed class SeriesColumn
{
    private readonly List<byte> _offsets = [];
    private readonly List<long> _times = [];
    private readonly List<double> _numbers = [];
    private readonly List<byte[]> _others = [];

    public int Count => _offsets.Count;

    /// <summary>Adds the next point.</summary>
    /// <returns>The bytes that it takes, roughly.</returns>
    public int Add(in SeriesPoint point)
    {
        const int pointBytes = sizeof(byte) + sizeof(long) + sizeof(double);
        _offsets.Add(SeriesChunk.OffsetOf(point.Version));
        _times.Add(point.RecordedAt.Microseconds);
        _numbers.Add(point.Kind switch
        {
            SeriesPointKind.Number => point.Number,
            SeriesPointKind.Gap => SeriesChunk.Gap,
            _ => SeriesChunk.Other,
        });
        if (point.Kind != SeriesPointKind.Other)
        {
            return pointBytes;
        }

        if (_others.Count > 0 && _others[^1].AsSpan().SequenceEqual(point.Json.Span))
        {
            _others.Add(_others[^1]); // states mostly stay what they are
            return pointBytes + IntPtr.Size;
        }

        _others.Add(point.Json.ToArray()); // a slice would keep the whole payload in memory
        return pointBytes + IntPtr.Size + 24 + point.Json.Length;
    }

    /// <summary>Writes the chunk: see <see cref="SeriesChunk"/>.</summary>
    public byte[] Write(ulong seed)
    {
        var output = new ArrayBufferWriter<byte>(16 + (Count * 13));
        VarInt.Write(output, (ulong)Count);
        foreach (var offset in _offsets)
        {
            output.GetSpan(1)[0] = offset;
            output.Advance(1);
        }

        foreach (var number in _numbers)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(output.GetSpan(sizeof(double)), number);
            output.Advance(sizeof(double));
        }

        var previous = 0L;
        foreach (var time in _times)
        {
            VarInt.Write(output, (ulong)(time - previous));
            previous = time;
        }

        foreach (var other in _others)
        {
            VarInt.Write(output, (ulong)other.Length);
            output.Write(other);
        }

        BinaryPrimitives.WriteUInt64LittleEndian(output.GetSpan(sizeof(ulong)), SeriesChunk.Sum(output.WrittenSpan, seed));
        output.Advance(sizeof(ulong));
        return output.WrittenSpan.ToArray();
    }

    public void Clear()
    {
        _offsets.Clear();
        _times.Clear();
        _numbers.Clear();
        _others.Clear();
    }
}
