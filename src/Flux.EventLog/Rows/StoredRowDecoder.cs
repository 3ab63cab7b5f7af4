using System.Buffers;
using System.Text.Json;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;

namespace Flux.EventLog.Rows;

/// <summary>Makes an event of a stored row, and says so when the row cannot be what was written. One thread at a time.</summary>
internal sealed class StoredRowDecoder
{
    private readonly ArrayBufferWriter<byte> _envelope = new(256);

    /// <summary>Decodes a row, or makes what stands for it when it cannot be what was written.</summary>
    /// <param name="row">The row.</param>
    /// <param name="recordedAt">The time of its commit.</param>
    /// <returns>The event. Its hash was not looked at: whoever knows the one before it compares.</returns>
    public RecordedEvent DecodeOrMark(StoredRow row, Timestamp recordedAt) => FindDamage(row, out var data, out var expiry) is { } damage
        ? RecordedEvent.Damaged(new Position(row.Position), recordedAt, row.Entity, row.Version, damage.What, row.Hash, row.EventId)
        : ToEvent(row, data!, expiry, recordedAt, isUnchecked: true);

    /// <summary>Decodes a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="recordedAt">The time of its commit.</param>
    /// <returns>The event. Its hash was not looked at.</returns>
    /// <exception cref="InvalidDataException">A column cannot be read, or contradicts another.</exception>
    public RecordedEvent Decode(StoredRow row, Timestamp recordedAt) => FindDamage(row, out var data, out var expiry) is { } damage
        ? throw Damage.At(row.Position, row.Entity, row.Version, damage.What, damage.Cause)
        : ToEvent(row, data!, expiry, recordedAt, isUnchecked: false);

    /// <summary>Says whether an exception is what damaged bytes bring about in the code that reads them.</summary>
    public static bool IsUnreadable(Exception e) =>
        e is JsonException or InvalidOperationException or EventRefusedException or IndexOutOfRangeException or ArgumentException or OverflowException
            or FormatException;

    private static RecordedEvent ToEvent(StoredRow row, EventData data, Expiry? expiry, Timestamp recordedAt, bool isUnchecked) => new()
    {
        Position = new Position(row.Position),
        RecordedAt = recordedAt,
        Version = row.Version,
        Data = data,
        Before = row.Before,
        Cause = row.Cause is { } cause ? new Position(cause) : null,
        Expiry = expiry,
        Hash = row.Hash,
        IsUnchecked = isUnchecked,
    };

    private static void CheckObject(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = EventLimits.MaxDepth + 8 });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException("not an object");
        }

        reader.Skip();
        reader.Read(); // nothing may follow
    }

    private (string What, Exception? Cause)? FindDamage(StoredRow row, out EventData? data, out Expiry? expiry)
    {
        // Only what could be read was ever stored.
        (data, expiry) = (null, null);
        var what = "an envelope";
        try
        {
            data = EventEnvelope.Read(row.Envelope, row.EventId, row.Payload, out expiry);
            what = "a payload";
            if (row.Entity is null)
            {
                CheckObject(row.Payload); // nobody else looks
            }

            var entity = data.Payload.EntityId;
            if (!string.Equals(entity, row.Entity, StringComparison.Ordinal))
            {
                return ("has a payload about another entity: it was changed", null);
            }

            what = "former values";
            if (row.Before is not null)
            {
                CheckObject(row.Before);
            }
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return ($"has {what} that cannot be read: it was changed", e);
        }

        // The hash covers what the envelope says, and not how: unknown flags, long forms of numbers and bytes at its end would pass.
        _envelope.ResetWrittenCount();
        EventEnvelope.Write(_envelope, data, expiry);
        return _envelope.WrittenSpan.SequenceEqual(row.Envelope)
            ? null
            : ("has an envelope that is not in the form in which it is written: it was changed", null);
    }
}
