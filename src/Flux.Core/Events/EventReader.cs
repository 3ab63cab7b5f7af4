using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace Flux.Core.Events;

/// <summary>Reads events from request bodies: one pass over the bytes, all checks of wire-contract section 4 in their order.</summary>
public static class EventReader
{
    // Each item has an answer of its own, whatever it is; millions that are nothing would cost gigabytes. The shortest event is longer than this.
    private const int LeastEventBytes = 32;
    private const int AnyItems = 10_000;

    // A batch holds its events two levels down ({"events":[…]}); each is judged on its own, from its own first level.
    private const int BatchLevels = 2;

    private static readonly JsonReaderOptions EventOptions = new() { MaxDepth = EventLimits.MaxDepth };
    private static readonly JsonReaderOptions BatchOptions = new() { MaxDepth = EventLimits.MaxDepth + BatchLevels };

    /// <summary>Reads the body of a single publish.</summary>
    /// <param name="body">The body, whole. Nothing of it is kept: the payload is copied.</param>
    /// <param name="ids">Makes the ids of events that come without one.</param>
    /// <param name="now">The time for events that come without one.</param>
    /// <returns>The event.</returns>
    /// <exception cref="EventRefusedException">The body is not one good event.</exception>
    public static EventData ReadEvent(ReadOnlySpan<byte> body, EventIds ids, DateTimeOffset now)
    {
        CheckUtf8(body);
        var read = ReadItem(body, ids, now);
        if (read.Refusal is { } refusal)
        {
            // A syntax error further on comes before what is wrong with a member.
            CheckSyntax(body, EventOptions);
            throw refusal;
        }

        return read.Event!;
    }

    /// <summary>Reads the body of a batch: <c>{"events":[…]}</c> or a bare array.</summary>
    /// <param name="body">The body, whole. Nothing of it is kept.</param>
    /// <param name="maxEventBytes">The most that an item may have; a larger one is refused in its row.</param>
    /// <param name="ids">Makes the ids of events that come without one.</param>
    /// <param name="now">The time for events that come without one.</param>
    /// <returns>One result an item, in order, at least one.</returns>
    /// <exception cref="EventRefusedException">The body is no batch; nothing of it may be stored.</exception>
    public static List<EventReadResult> ReadBatch(ReadOnlySpan<byte> body, long maxEventBytes, EventIds ids, DateTimeOffset now)
    {
        CheckUtf8(body);
        CheckSyntax(body, BatchOptions);
        var reader = new Utf8JsonReader(body, BatchOptions);
        reader.Read();
        List<EventReadResult>? results = null;
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            results = ReadItems(ref reader, body, maxEventBytes, ids, now);
        }
        else if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new EventRefusedException("invalid_request", "the body must be an object with a member 'events', or an array of events");
        }

        while (results is null && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            JsonText.CheckName(ref reader, "the batch");
            var isEvents = reader.ValueTextEquals("events"u8);
            reader.Read();
            if (!isEvents)
            {
                reader.Skip();
                continue;
            }

            if (reader.TokenType != JsonTokenType.StartArray)
            {
                throw new EventRefusedException("invalid_request", "events: must be an array");
            }

            results = ReadItems(ref reader, body, maxEventBytes, ids, now);
            CheckNoSecond(ref reader);
        }

        return results switch
        {
            null => throw new EventRefusedException("invalid_request", "events: is missing"),
            { Count: 0 } => throw new EventRefusedException("invalid_request", "events: must hold at least one event"),
            _ => results,
        };
    }

    /// <summary>Refuses a body that is not UTF-8 throughout.</summary>
    /// <param name="body">The body.</param>
    /// <exception cref="EventRefusedException">It is not.</exception>
    public static void CheckUtf8(ReadOnlySpan<byte> body)
    {
        if (!Utf8.IsValid(body))
        {
            throw new EventRefusedException("invalid_utf8", "the body is not valid UTF-8");
        }
    }

    private static void CheckNoSecond(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            JsonText.CheckName(ref reader, "the batch");
            if (reader.ValueTextEquals("events"u8))
            {
                throw new EventRefusedException("invalid_request", "events: is there twice");
            }

            reader.Read();
            reader.Skip();
        }
    }

    private static List<EventReadResult> ReadItems(
        ref Utf8JsonReader reader, ReadOnlySpan<byte> body, long maxEventBytes, EventIds ids, DateTimeOffset now)
    {
        var results = new List<EventReadResult>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (results.Count >= AnyItems && reader.BytesConsumed < results.Count * (long)LeastEventBytes)
            {
                throw new EventRefusedException("invalid_request", "events: has more items than so many bytes can hold events");
            }

            var item = body[start..(int)reader.BytesConsumed];
            results.Add(item.Length > maxEventBytes ? TooLarge(item, maxEventBytes) : ReadItem(item, ids, now));
        }

        return results;
    }

    private static EventReadResult TooLarge(ReadOnlySpan<byte> json, long most) => new(
        Event: null,
        new EventRefusedException("payload_too_large", string.Create(CultureInfo.InvariantCulture, $"payload too large: an event may have {most} bytes")),
        FindStream(json));

    private static EventReadResult ReadItem(ReadOnlySpan<byte> json, EventIds ids, DateTimeOffset now)
    {
        var envelope = default(EventEnvelope);
        var reader = new Utf8JsonReader(json, EventOptions);
        try
        {
            envelope.Read(ref reader);
            return new EventReadResult(envelope.ToEvent(json, ids, now), Refusal: null, envelope.Stream);
        }
        catch (EventRefusedException refusal)
        {
            return new EventReadResult(Event: null, refusal, envelope.Stream ?? FindStream(json));
        }
        catch (JsonException e)
        {
            return new EventReadResult(Event: null, ToRefusal(e, ref reader, json, EventOptions.MaxDepth), envelope.Stream);
        }
    }

    // A refusal ends the reading, perhaps before the stream was seen; the row of the batch tells it all the same.
    private static string? FindStream(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, EventOptions);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isStream = !reader.ValueIsEscaped && reader.ValueTextEquals("stream"u8);
                reader.Read();
                if (isStream)
                {
                    return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                }

                reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No JSON, or half of a surrogate pair: the item was refused for it, and has no stream that could be told.
        }

        return null;
    }

    private static void CheckSyntax(ReadOnlySpan<byte> body, JsonReaderOptions options)
    {
        var reader = new Utf8JsonReader(body, options);
        try
        {
            while (reader.Read())
            {
                // Only the syntax is of interest here.
            }
        }
        catch (JsonException e)
        {
            throw ToRefusal(e, ref reader, body, options.MaxDepth);
        }
    }

    private static EventRefusedException ToRefusal(JsonException e, ref Utf8JsonReader reader, ReadOnlySpan<byte> json, int maxDepth)
    {
        // Standing on an opening token the reader does not count that level yet.
        var depth = reader.CurrentDepth + (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray ? 1 : 0);
        if (depth >= maxDepth)
        {
            // At the deepest level the reader fails on what would open one more.
            var rest = json[(int)reader.BytesConsumed..].TrimStart(" \t\r\n,:"u8);
            if (!rest.IsEmpty && rest[0] is (byte)'{' or (byte)'[')
            {
                return new EventRefusedException("too_deep", $"the event is nested deeper than {EventLimits.MaxDepth} levels", e);
            }
        }

        return new EventRefusedException("invalid_json", $"the body is not valid JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}", e);
    }
}
