using System.Buffers;
using System.Text.Json;

namespace Flux.Testing.Load;

/// <summary>An event that a client has serialised once; every repetition sends the same bytes.</summary>
public sealed class OutgoingEvent
{
    private OutgoingEvent(string? eventId, string stream, string source, long? timestamp, byte[] payload, long? ifVersion, int? ttl)
    {
        (EventId, Stream, Source, Timestamp, Payload, IfVersion, Ttl) = (eventId, stream, source, timestamp, payload, ifVersion, ttl);
        Json = Serialise();
    }

    /// <summary>Gets the id; null leaves it to the server, and the event without protection against repetition.</summary>
    public string? EventId { get; }

    /// <summary>Gets the stream.</summary>
    public string Stream { get; }

    /// <summary>Gets the source.</summary>
    public string Source { get; }

    /// <summary>Gets the timestamp; null leaves it out.</summary>
    public long? Timestamp { get; }

    /// <summary>Gets the version that the entity must have; null for any.</summary>
    public long? IfVersion { get; }

    /// <summary>Gets the seconds after which the entity is deleted; null for never.</summary>
    public int? Ttl { get; }

    /// <summary>Gets the payload's bytes.</summary>
    public byte[] Payload { get; }

    /// <summary>Gets the whole event's bytes.</summary>
    public byte[] Json { get; }

    /// <summary>Makes an event.</summary>
    /// <param name="eventId">The id; null for none.</param>
    /// <param name="source">The source.</param>
    /// <param name="payload">The payload's text.</param>
    /// <param name="timestamp">The timestamp; null for none.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="ifVersion">The version that the entity must have; null for any.</param>
    /// <param name="ttl">The seconds after which the entity is deleted; null for never.</param>
    /// <returns>The event.</returns>
    public static OutgoingEvent Create(
        string? eventId, string source, string payload, long? timestamp = 1_772_028_627_158, string stream = "load.test", long? ifVersion = null, int? ttl = null) =>
        new(eventId, stream, source, timestamp, System.Text.Encoding.UTF8.GetBytes(payload), ifVersion, ttl);

    private byte[] Serialise()
    {
        var output = new ArrayBufferWriter<byte>(256 + Payload.Length);
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        if (EventId is not null)
        {
            json.WriteString("eventId", EventId);
        }

        json.WriteString("stream", Stream);
        json.WriteString("source", Source);
        if (Timestamp is { } timestamp)
        {
            json.WriteNumber("timestamp", timestamp);
        }

        if (IfVersion is { } version)
        {
            json.WriteNumber("if_version", version);
        }

        if (Ttl is { } ttl)
        {
            json.WriteNumber("ttl", ttl);
        }

        json.WritePropertyName("payload");
        json.WriteRawValue(Payload, skipInputValidation: true);
        json.WriteEndObject();
        json.Flush();
        return output.WrittenSpan.ToArray();
    }
}
