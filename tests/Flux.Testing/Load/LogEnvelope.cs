using System.Data.Common;
using System.Text;
using Flux.Testing.History;

namespace Flux.Testing.Load;

/// <summary>Reads the small fields of an event, which both stores keep in one column.</summary>
/// <remarks>Flags, timestamp, then stream, source and, where the flags say so, key and schema, each after its length; numbers in LEB128. What is due stands behind them.</remarks>
internal static class LogEnvelope
{
    private const byte Given = 3;
    private const byte HasKey = 4;
    private const byte HasSchema = 8;
    private const byte HasExpiry = 16;

    /// <summary>Reads a row of the log: position, entity, version, event_id, envelope, payload, before, cause, hash, recorded_at.</summary>
    public static RowRecord ReadRow(DbDataReader reader, string? epoch)
    {
        var entity = reader.IsDBNull(1) ? null : reader.GetString(1);
        var row = new RowRecord
        {
            Epoch = epoch,
            Position = reader.GetInt64(0),
            Namespace = RequestIndex.NamespaceOf(entity),
            Entity = entity,
            Version = reader.GetInt64(2),
            EventId = reader.GetString(3),
            Stream = string.Empty,
            Source = string.Empty,
            Timestamp = 0,
            RecordedAt = reader.GetInt64(9),
            Payload = reader.GetFieldValue<byte[]>(5),
            Before = reader.IsDBNull(6) ? null : reader.GetFieldValue<byte[]>(6),
            Cause = reader.IsDBNull(7) ? null : reader.GetInt64(7),
            Hash = reader.GetFieldValue<byte[]>(8),
        };
        return Unfold(row, reader.GetFieldValue<byte[]>(4));
    }

    /// <summary>Fills in the fields of a row that its envelope holds.</summary>
    private static RowRecord Unfold(RowRecord row, ReadOnlySpan<byte> envelope)
    {
        var flags = envelope[0];
        envelope = envelope[1..];
        return row with
        {
            Given = flags & Given,
            Timestamp = ReadNumber(ref envelope),
            Stream = ReadText(ref envelope),
            Source = ReadText(ref envelope),
            Key = (flags & HasKey) != 0 ? ReadText(ref envelope) : null,
            Schema = (flags & HasSchema) != 0 ? ReadText(ref envelope) : null,
            Expiry = (flags & HasExpiry) != 0 ? envelope.ToArray() : null,
        };
    }

    private static long ReadNumber(ref ReadOnlySpan<byte> input)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = input[0];
            input = input[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return (long)value;
            }
        }
    }

    private static string ReadText(ref ReadOnlySpan<byte> input)
    {
        var length = (int)ReadNumber(ref input);
        var text = Encoding.UTF8.GetString(input[..length]);
        input = input[length..];
        return text;
    }
}
