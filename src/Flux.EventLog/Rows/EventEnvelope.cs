using System.Buffers;
using System.Text;
using Flux.Core.Entities;
using Flux.Core.Events;

namespace Flux.EventLog.Rows;

/// <summary>The small fields of an event in one blob: flags, timestamp, then each text with its length, and what it makes due. Lengths and time are in the LEB128 form.</summary>
internal static class EventEnvelope
{
    private const byte EventIdIsGiven = 1;
    private const byte TimestampIsGiven = 2;
    private const byte HasKey = 4;
    private const byte HasSchema = 8;
    private const byte HasExpiry = 16;

    public static void Write(ArrayBufferWriter<byte> output, EventData data, Expiry? expiry)
    {
        var flags = (data.EventIdIsGiven ? EventIdIsGiven : 0) | (data.TimestampIsGiven ? TimestampIsGiven : 0)
            | (data.Key is null ? 0 : HasKey) | (data.Schema is null ? 0 : HasSchema) | (expiry is null ? 0 : HasExpiry);
        output.GetSpan(1)[0] = (byte)flags;
        output.Advance(1);
        VarInt.Write(output, (ulong)data.Timestamp);
        WriteText(output, data.Stream);
        WriteText(output, data.Source);
        if (data.Key is not null)
        {
            WriteText(output, data.Key);
        }

        if (data.Schema is not null)
        {
            WriteText(output, data.Schema);
        }

        expiry?.WriteTo(output); // to the end
    }

    public static EventData Read(ReadOnlySpan<byte> envelope, string eventId, byte[] payload, out Expiry? expiry)
    {
        var flags = envelope[0];
        envelope = envelope[1..];
        var data = new EventData
        {
            EventId = eventId,
            EventIdIsGiven = (flags & EventIdIsGiven) != 0,
            Timestamp = (long)VarInt.Read(ref envelope),
            TimestampIsGiven = (flags & TimestampIsGiven) != 0,
            Stream = ReadText(ref envelope),
            Source = ReadText(ref envelope),
            Key = (flags & HasKey) != 0 ? ReadText(ref envelope) : null,
            Schema = (flags & HasSchema) != 0 ? ReadText(ref envelope) : null,
            Payload = new EventPayload(payload),
        };
        expiry = (flags & HasExpiry) != 0 ? Expiry.Read(envelope.ToArray()) : null;
        return data;
    }

    private static void WriteText(ArrayBufferWriter<byte> output, string text)
    {
        VarInt.Write(output, (ulong)Encoding.UTF8.GetByteCount(text));
        output.Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(text.Length * 3)));
    }

    private static string ReadText(ref ReadOnlySpan<byte> input)
    {
        var length = (int)VarInt.Read(ref input);
        var text = Encoding.UTF8.GetString(input[..length]);
        input = input[length..];
        return text;
    }
}
