using System.Buffers;

namespace Flux.EventLog.Rows;

/// <summary>Unsigned numbers in as few bytes as they need: seven bits to a byte, the lowest first.</summary>
internal static class VarInt
{
    public static void Write(IBufferWriter<byte> output, ulong value)
    {
        var span = output.GetSpan(10);
        var at = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[at++] = (byte)(value | 0x80);
        }

        span[at++] = (byte)value;
        output.Advance(at);
    }

    public static ulong Read(ref ReadOnlySpan<byte> input)
    {
        var value = 0UL;
        var at = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = input[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                input = input[at..];
                return value;
            }
        }
    }
}
