using System.Buffers;
using System.Text.Json;
using Flux.Core.Events;
using Flux.Core.Log;

namespace Flux.EventLog.Rows;

/// <summary>Makes an event of a stored row, and says so when the row cannot be what was written. One thread at a time.</summary>
internal sealed class StoredRowDecoder
{
    private readonly ArrayBufferWriter<byte> _envelope = new(256);

    /// <summary>Decodes a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="recordedAt">The time of its commit.</param>
    /// <returns>The event. Its hash was not looked at.</returns>
    /// <exception cref="InvalidDataException">A column cannot be read, or contradicts another.</exception>
    public RecordedEvent Decode(StoredRow row, Timestamp recordedAt)
    {
        var (data, expiry) = Read(row, static r => (EventEnvelope.Read(r.Envelope, r.EventId, r.Payload, out var due), due), "an envelope");
        var entity = Read(row, _ => data.Payload.EntityId, "a payload");
        if (!string.Equals(entity, row.Entity, StringComparison.Ordinal))
        {
            throw Damage.At(row.Position, row.Entity, row.Version, $"has a payload about {Damage.Name(entity)}: it was changed");
        }

        // The hash covers what the envelope says, and not how: unknown flags, long forms of numbers and bytes at its end would pass.
        _envelope.ResetWrittenCount();
        EventEnvelope.Write(_envelope, data, expiry);
        if (!_envelope.WrittenSpan.SequenceEqual(row.Envelope))
        {
            throw Damage.At(row.Position, row.Entity, row.Version, "has an envelope that is not in the form in which it is written: it was changed");
        }

        return new RecordedEvent
        {
            Position = new Position(row.Position),
            RecordedAt = recordedAt,
            Version = row.Version,
            Data = data,
            Before = row.Before,
            Cause = row.Cause is { } cause ? new Position(cause) : null,
            Expiry = expiry,
            Hash = row.Hash,
        };
    }

    private static T Read<T>(StoredRow row, Func<StoredRow, T> read, string what)
    {
        try
        {
            return read(row);
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            // Only what could be read was ever stored.
            throw Damage.At(row.Position, row.Entity, row.Version, $"has {what} that cannot be read: it was changed", e);
        }
    }

    /// <summary>Says whether an exception is what damaged bytes bring about in the code that reads them.</summary>
    public static bool IsUnreadable(Exception e) =>
        e is JsonException or InvalidOperationException or EventRefusedException or IndexOutOfRangeException or ArgumentException or OverflowException
            or FormatException;
}
