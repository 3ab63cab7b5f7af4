using System.Text.Json;

namespace Flux.Core.Events;

/// <summary>The members of one event while it is read. What is wrong with a member is remembered and reported at the end, the first fault first.</summary>
internal ref struct EventEnvelope
{
    [Flags]
    private enum Members
    {
        None = 0,
        EventId = 1,
        Stream = 2,
        Source = 4,
        Timestamp = 8,
        Key = 16,
        Schema = 32,
        Payload = 64,
    }

    private Members _seen;
    private EventRefusedException? _fault;
    private string? _eventId;
    private string? _source;
    private string? _key;
    private string? _schema;
    private long? _timestamp;
    private PayloadScan _payload;
    private bool _payloadIsNull;
    private int _payloadStart;
    private int _payloadLength;

    /// <summary>Gets the stream as it was sent; null when it was not a string.</summary>
    public string? Stream { get; private set; }

    /// <summary>Reads one event from its first token to the end of the text.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    /// <exception cref="EventRefusedException">Something in it cannot be taken.</exception>
    public void Read(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new EventRefusedException("invalid_request", "an event must be a JSON object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadMember(ref reader);
        }

        reader.Read(); // throws when something follows
    }

    /// <summary>Checks what is left to check and makes the event.</summary>
    /// <param name="json">The text it was read from.</param>
    /// <param name="ids">Makes the id when there is none.</param>
    /// <param name="now">The time when there is none.</param>
    /// <exception cref="EventRefusedException">The first fault, in the order of wire-contract section 4.</exception>
    public EventData ToEvent(ReadOnlySpan<byte> json, EventIds ids, DateTimeOffset now)
    {
        Require(Members.Stream, "stream");
        Require(Members.Source, "source");
        Require(Members.Payload, "payload");
        if (_fault is not null)
        {
            throw _fault;
        }

        RequireText(Stream, "stream");
        RequireText(_source, "source");
        if (_payloadIsNull)
        {
            throw new EventRefusedException("missing_field", "payload is required");
        }

        CheckStream();
        if (_timestamp <= 0)
        {
            throw new EventRefusedException("invalid_timestamp", "timestamp: must be greater than 0 (Unix time in milliseconds)");
        }

        if (_payloadLength == 0)
        {
            throw new EventRefusedException("invalid_field", "payload: must be a JSON object");
        }

        var payload = json.Slice(_payloadStart, _payloadLength).ToArray();
        var content = _payload.ToContent(payload, _payloadStart);
        CheckText(content.EntityId, "payload.entity_id", "invalid_entity_id");
        var given = !string.IsNullOrEmpty(_eventId);
        return new EventData
        {
            EventId = given ? _eventId! : ids.Next(),
            EventIdIsGiven = given,
            Stream = Stream!,
            Source = _source!,
            Timestamp = _timestamp ?? now.ToUnixTimeMilliseconds(),
            TimestampIsGiven = _timestamp is not null,
            Key = _key,
            Schema = _schema,
            Payload = new EventPayload(payload, content),
        };
    }

    private void ReadMember(ref Utf8JsonReader reader)
    {
        JsonText.CheckName(ref reader, "the event"); // first: comparing a broken name throws
        if (reader.ValueTextEquals("payload"u8))
        {
            Once(Members.Payload, "payload");
            reader.Read();
            ReadPayload(ref reader);
        }
        else if (reader.ValueTextEquals("stream"u8))
        {
            Once(Members.Stream, "stream");
            Stream = ReadText(ref reader, "stream", "invalid_field");
        }
        else if (reader.ValueTextEquals("source"u8))
        {
            Once(Members.Source, "source");
            _source = ReadText(ref reader, "source", "invalid_field");
        }
        else if (reader.ValueTextEquals("timestamp"u8))
        {
            Once(Members.Timestamp, "timestamp");
            ReadTimestamp(ref reader);
        }
        else if (reader.ValueTextEquals("eventId"u8))
        {
            Once(Members.EventId, "eventId");
            _eventId = ReadText(ref reader, "eventId", "invalid_event_id");
        }
        else if (reader.ValueTextEquals("key"u8))
        {
            Once(Members.Key, "key");
            _key = ReadText(ref reader, "key", "invalid_field");
        }
        else if (reader.ValueTextEquals("schema"u8))
        {
            Once(Members.Schema, "schema");
            _schema = ReadText(ref reader, "schema", "invalid_field");
        }
        else
        {
            reader.Read();
            JsonText.CheckAndSkip(ref reader, "the event");
        }
    }

    private void ReadPayload(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            _payloadIsNull = reader.TokenType == JsonTokenType.Null;
            JsonText.CheckAndSkip(ref reader, "payload");
            return;
        }

        _payloadStart = (int)reader.TokenStartIndex;
        _payload = PayloadScan.Read(ref reader);
        _payloadLength = (int)reader.BytesConsumed - _payloadStart;
    }

    private void ReadTimestamp(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            Fault("missing_field", "timestamp: must not be null; leave it out to take the time of arrival");
        }
        else if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var timestamp))
        {
            _timestamp = timestamp;
        }
        else
        {
            Fault("invalid_timestamp", "timestamp: must be a whole number, Unix time in milliseconds");
            reader.Skip();
        }
    }

    private string? ReadText(ref Utf8JsonReader reader, string member, string code)
    {
        reader.Read();
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.String:
                // Streams and sources are few; ids and keys are not, and would only push them out of the table.
                var isShared = !reader.ValueIsEscaped && (member is "stream" or "source" or "schema");
                var text = isShared ? SharedText.Share(reader.ValueSpan) : JsonText.GetString(ref reader, member);
                CheckText(text, member, code);
                return text;
            default:
                Fault(code, $"{member}: must be a string");
                reader.Skip();
                return null;
        }
    }

    private static void CheckText(string? text, string member, string code)
    {
        if (text is null || StoredText.IsValid(text))
        {
            return;
        }

        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new EventRefusedException("invalid_string", $"{member}: must not hold the character U+0000");
        }

        throw new EventRefusedException(code, $"{member}: is longer than {StoredText.MaxBytes} bytes");
    }

    private readonly void CheckStream()
    {
        var previous = '.';
        foreach (var c in Stream!)
        {
            if (c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9')) && (c != '.' || previous == '.'))
            {
                throw InvalidStream();
            }

            previous = c;
        }

        if (previous == '.')
        {
            throw InvalidStream();
        }
    }

    private readonly EventRefusedException InvalidStream() =>
        new("invalid_stream", $"stream: {Shown.Quote(Stream)} is not made of lower-case letters and digits, in parts joined by single dots");

    private static void RequireText(string? text, string member)
    {
        if (string.IsNullOrEmpty(text))
        {
            throw new EventRefusedException("missing_field", $"{member} is required");
        }
    }

    private void Require(Members member, string name)
    {
        if ((_seen & member) == 0)
        {
            Fault("missing_field", $"{name} is required");
        }
    }

    private void Once(Members member, string name)
    {
        if ((_seen & member) != 0)
        {
            Fault("duplicate_key", $"{name}: is there twice");
        }

        _seen |= member;
    }

    private void Fault(string code, string message) => _fault ??= new EventRefusedException(code, message);
}
