using System.Buffers;
using Flux.EventLog.Rows;

namespace Flux.EventLog.Projection;

/// <summary>Rising positions as the differences between them: three or four bytes each instead of eight.</summary>
internal static class PositionList
{
    /// <summary>How many positions a whole chunk holds.</summary>
    public const int ChunkSize = 64;

    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<long> positions)
    {
        var previous = 0L;
        foreach (var position in positions)
        {
            VarInt.Write(output, (ulong)(position - previous));
            previous = position;
        }
    }

    public static void Read(ReadOnlySpan<byte> input, List<long> positions)
    {
        var previous = 0L;
        while (!input.IsEmpty)
        {
            previous += (long)VarInt.Read(ref input);
            positions.Add(previous);
        }
    }
}
