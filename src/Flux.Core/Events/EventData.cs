namespace Flux.Core.Events;

/// <summary>An event as a producer handed it in, validated and not yet recorded.</summary>
[GenerateSerializer, Immutable, Alias("flux.event-data")]
public sealed class EventData
{
    /// <summary>Gets the event's id: the producer's, else a UUIDv7 made here.</summary>
    [Id(0)]
    public required string EventId { get; init; }

    /// <summary>Gets a value indicating whether the producer gave the id. Only then a repetition is recognised.</summary>
    [Id(1)]
    public required bool EventIdIsGiven { get; init; }

    /// <summary>Gets the stream, such as <c>sensors.temperature</c>.</summary>
    [Id(2)]
    public required string Stream { get; init; }

    /// <summary>Gets who sent it.</summary>
    [Id(3)]
    public required string Source { get; init; }

    /// <summary>Gets the producer's time, in Unix milliseconds; the time of arrival when it was left out.</summary>
    [Id(4)]
    public required long Timestamp { get; init; }

    /// <summary>Gets a value indicating whether the producer gave the time. One left out matches any in a repetition.</summary>
    [Id(5)]
    public required bool TimestampIsGiven { get; init; }

    /// <summary>Gets the producer's key: kept, never interpreted.</summary>
    [Id(6)]
    public string? Key { get; init; }

    /// <summary>Gets the producer's schema name: kept, never interpreted.</summary>
    [Id(7)]
    public string? Schema { get; init; }

    /// <summary>Gets the payload.</summary>
    [Id(8)]
    public required EventPayload Payload { get; init; }

    /// <summary>Gets what the producer asks for beside recording it; null for nothing. It is never recorded itself.</summary>
    [Id(9)]
    public AppendOptions? Options { get; init; }

    /// <summary>Gets the entity that the event is about; null for an event without one.</summary>
    public EntityKey? Entity => Payload.EntityId is { } id ? EntityKey.Trusted(id) : null;

    /// <summary>Gives the same event with other options.</summary>
    /// <param name="options">The options; null for none.</param>
    /// <returns>The event.</returns>
    public EventData With(AppendOptions? options) => ReferenceEquals(options, Options) ? this : new EventData
    {
        EventId = EventId,
        EventIdIsGiven = EventIdIsGiven,
        Stream = Stream,
        Source = Source,
        Timestamp = Timestamp,
        TimestampIsGiven = TimestampIsGiven,
        Key = Key,
        Schema = Schema,
        Payload = Payload,
        Options = options,
    };

    /// <summary>Says whether this event, arriving under the id of <paramref name="recorded"/>, is the same one sent again.</summary>
    /// <param name="recorded">The event that was recorded first.</param>
    /// <returns>True when stream, source, key, schema, timestamp and the payload's bytes are equal.</returns>
    public bool IsRepetitionOf(EventData recorded) =>
        string.Equals(Stream, recorded.Stream, StringComparison.Ordinal)
        && string.Equals(Source, recorded.Source, StringComparison.Ordinal)
        && string.Equals(Key, recorded.Key, StringComparison.Ordinal)
        && string.Equals(Schema, recorded.Schema, StringComparison.Ordinal)
        && (!TimestampIsGiven || Timestamp == recorded.Timestamp)
        && Payload.Json.Span.SequenceEqual(recorded.Payload.Json.Span);
}
