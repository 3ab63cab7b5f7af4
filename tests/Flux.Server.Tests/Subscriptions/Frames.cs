using System.Buffers.Binary;
using System.Text.Json;

namespace Flux.Server.Tests.Subscriptions;

/// <summary>Reads a server's frames out of bytes.</summary>
internal static class Frames
{
    /// <summary>Gives the JSON of each whole text frame.</summary>
    public static List<JsonElement> Read(ReadOnlySpan<byte> bytes)
    {
        var messages = new List<JsonElement>();
        while (bytes.Length >= 2)
        {
            Assert.Equal(0x81, bytes[0]);
            var (length, start) = bytes[1] switch
            {
                126 => (BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), 4),
                127 => ((int)BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]), 10),
                var small => ((int)small, 2),
            };
            if (bytes.Length < start + length)
            {
                break;
            }

            messages.Add(JsonDocument.Parse(bytes.Slice(start, length).ToArray()).RootElement);
            bytes = bytes[(start + length)..];
        }

        Assert.Equal(0, bytes.Length);
        return messages;
    }
}
