using System.Buffers.Binary;

namespace Flux.Benchmarks.Sockets;

/// <summary>Frames of a WebSocket as bytes. Source: RFC 6455, section 5.2.</summary>
internal static class WireFrame
{
    public const byte TextOpcode = 0x1;
    public const byte CloseOpcode = 0x8;
    public const byte PingOpcode = 0x9;
    public const byte PongOpcode = 0xA;

    private const byte FinalBit = 0x80;
    private const byte MaskedBit = 0x80;
    private const byte TwoByteLength = 126;
    private const byte EightByteLength = 127;

    /// <summary>Finds the frame that some bytes begin with.</summary>
    /// <returns>Its length with the header; 0 when it is not there completely.</returns>
    public static int Read(ReadOnlySpan<byte> data, out int opcode, out ReadOnlySpan<byte> payload)
    {
        opcode = 0;
        payload = default;
        if (data.Length < 2)
        {
            return 0;
        }

        long length = data[1] & 0x7F;
        var header = length switch { TwoByteLength => 4, EightByteLength => 10, _ => 2 };
        if (data.Length < header)
        {
            return 0;
        }

        length = header switch
        {
            4 => BinaryPrimitives.ReadUInt16BigEndian(data[2..]),
            10 => BinaryPrimitives.ReadInt64BigEndian(data[2..]),
            _ => length,
        };
        if (data.Length - header < length)
        {
            return 0;
        }

        opcode = data[0] & 0xF;
        payload = data.Slice(header, (int)length);
        return header + (int)length;
    }

    /// <summary>Makes a client's frame, of at most 65,535 bytes. An empty mask leaves the payload as it is, which the protocol allows and which costs nothing.</summary>
    public static byte[] Masked(byte opcode, ReadOnlySpan<byte> payload) =>
        payload.Length < TwoByteLength
            ? [(byte)(FinalBit | opcode), (byte)(MaskedBit | payload.Length), 0, 0, 0, 0, .. payload]
            : [(byte)(FinalBit | opcode), MaskedBit | TwoByteLength, (byte)(payload.Length >> 8), (byte)payload.Length, 0, 0, 0, 0, .. payload];
}
