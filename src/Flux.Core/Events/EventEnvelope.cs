using System.Text.Json;
using Flux.Core.Claims;
using Flux.Core.Expressions;
using Flux.Core.Log;

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
        IfVersion = 128,
        Condition = 256,
        ClaimToken = 512,
        Ttl = 1024,
        PropertyTtl = 2048,
        CausedBy = 4096,
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
    private AppendOptions? _options;

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
        CheckProperties(content.Change);
        CheckOptions(content);
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
            Options = _options,
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
        else if (!TryReadOption(ref reader))
        {
            reader.Read();
            JsonText.CheckAndSkip(ref reader, "the event");
        }
    }

    // Few events have one, and these names come last.
    private bool TryReadOption(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("if_version"u8))
        {
            Once(Members.IfVersion, "if_version");
            _options = (_options ?? new AppendOptions()) with { IfVersion = ReadNumber(ref reader, "if_version", least: 0, long.MaxValue) };
        }
        else if (reader.ValueTextEquals("condition"u8))
        {
            Once(Members.Condition, "condition");
            ReadCondition(ref reader);
        }
        else if (reader.ValueTextEquals("claim_token"u8))
        {
            Once(Members.ClaimToken, "claim_token");
            _options = (_options ?? new AppendOptions()) with { ClaimToken = ReadNumber(ref reader, "claim_token", least: 1, long.MaxValue) };
        }
        else if (reader.ValueTextEquals("ttl"u8))
        {
            Once(Members.Ttl, "ttl");
            _options = (_options ?? new AppendOptions()) with { Ttl = ReadNumber(ref reader, "ttl", least: 1, AppendOptions.MaxTtl) };
        }
        else if (reader.ValueTextEquals("property_ttl"u8))
        {
            Once(Members.PropertyTtl, "property_ttl");
            ReadPropertyTtls(ref reader);
        }
        else if (reader.ValueTextEquals("caused_by"u8))
        {
            Once(Members.CausedBy, "caused_by");
            ReadCause(ref reader);
        }
        else
        {
            return false;
        }

        return true;
    }

    private long? ReadNumber(ref Utf8JsonReader reader, string member, long least, long most)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) && number >= least && number <= most)
        {
            return number;
        }

        Fault("invalid_field", most == long.MaxValue
            ? $"{member}: must be a whole number of at least {least}"
            : $"{member}: must be a whole number from {least} to {most}");
        JsonText.CheckAndSkip(ref reader, member);
        return null;
    }

    private void ReadCondition(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            Fault("invalid_field", "condition: must be a string with an expression");
            JsonText.CheckAndSkip(ref reader, "condition");
            return;
        }

        var options = (_options ?? new AppendOptions()) with { Condition = JsonText.GetString(ref reader, "condition") };
        try
        {
            _ = options.Predicate;
            _options = options;
        }
        catch (ExpressionException e)
        {
            Fault("invalid_expression", $"condition: {e.Message}");
        }
    }

    private void ReadPropertyTtls(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Fault("invalid_field", "property_ttl: must be an object of property names and seconds");
            JsonText.CheckAndSkip(ref reader, "property_ttl");
            return;
        }

        var ttls = new Dictionary<string, long>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = JsonText.GetString(ref reader, "property_ttl");
            if (ReadNumber(ref reader, $"property_ttl.{Shown.Cut(name)}", least: 1, AppendOptions.MaxTtl) is { } seconds && !ttls.TryAdd(name, seconds))
            {
                Fault("duplicate_key", $"property_ttl.{Shown.Cut(name)}: is there twice");
            }
        }

        _options = (_options ?? new AppendOptions()) with { PropertyTtls = [.. ttls.Select(ttl => new PropertyTtl(ttl.Key, ttl.Value))] };
    }

    private void ReadCause(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String && JsonText.GetString(ref reader, "caused_by") is { Length: > 0 } id)
        {
            CheckText(id, "caused_by", "invalid_field");
            _options = (_options ?? new AppendOptions()) with { CausedBy = id };
        }
        else if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var position) && position > 0)
        {
            _options = (_options ?? new AppendOptions()) with { Cause = new Position(position) };
        }
        else if (reader.TokenType != JsonTokenType.Null)
        {
            Fault("invalid_field", "caused_by: must be the id or the position of an event");
            JsonText.CheckAndSkip(ref reader, "caused_by");
        }
    }

    // What only a claim may set: else whoever sets it would have the claim.
    private static void CheckProperties(EntityChange change)
    {
        foreach (var property in change.Properties)
        {
            if (EntityClaim.IsProperty(property.Name))
            {
                throw new EventRefusedException("invalid_property", $"payload.properties.{Shown.Cut(property.Name)}: is set by /api/claims only");
            }
        }
    }

    private readonly void CheckOptions(PayloadContent content)
    {
        if (_options is not { } options)
        {
            return;
        }

        if (content.EntityId is null && (options.IsConditional || options.Ttl is not null))
        {
            throw new EventRefusedException("invalid_field", "if_version, condition, claim_token and ttl are about an entity, and the event has none");
        }

        if (options.PropertyTtls.Length == 0)
        {
            return;
        }

        var names = new HashSet<string>(content.Change.Properties.Length, StringComparer.Ordinal);
        foreach (var property in content.Change.Properties)
        {
            names.Add(property.Name);
        }

        foreach (var ttl in options.PropertyTtls)
        {
            if (!names.Contains(ttl.Name))
            {
                throw new EventRefusedException("invalid_field", $"property_ttl.{Shown.Cut(ttl.Name)}: the event does not set this property");
            }
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
