using System.Buffers;
using System.Buffers.Binary;
using Flux.Core.Series;
using Flux.EventLog.Rows;

namespace Flux.EventLog.Series;

/// <summary>The points of one property in a stretch of versions.</summary>
internal sealed class SeriesColumn
{
    private readonly List<byte> _offsets = [];
    private readonly List<long> _times = [];
    private readonly List<double> _numbers = [];
    private readonly List<ReadOnlyMemory<byte>> _others = [];

    /// <summary>Adds the next point. It is kept as it is until the chunk is written.</summary>
    public void Add(in SeriesPoint point)
    {
        _offsets.Add(SeriesChunk.OffsetOf(point.Version));
        _times.Add(point.RecordedAt.Microseconds);
        switch (point.Kind)
        {
            case SeriesPointKind.Number:
                _numbers.Add(point.Number);
                break;
            case SeriesPointKind.Gap:
                _numbers.Add(SeriesChunk.Gap);
                break;
            default:
                _numbers.Add(SeriesChunk.Other);
                _others.Add(point.Json);
                break;
        }
    }

    /// <summary>Writes the chunk: see <see cref="SeriesChunk"/>.</summary>
    public byte[] Write(ulong seed)
    {
        var output = new ArrayBufferWriter<byte>(16 + (_offsets.Count * 13));
        VarInt.Write(output, (ulong)_offsets.Count);
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
            output.Write(other.Span);
        }

        BinaryPrimitives.WriteUInt64LittleEndian(output.GetSpan(sizeof(ulong)), SeriesChunk.Sum(output.WrittenSpan, seed));
        output.Advance(sizeof(ulong));
        return output.WrittenSpan.ToArray();
    }
}
