using System.Globalization;
using System.Text.Json;
using Flux.Testing.History;

namespace Flux.Testing.Subscriptions;

/// <summary>A frame of a subscription, read on the checker's own terms.</summary>
internal sealed record SubscriptionFrame
{
    public required string Type { get; init; }

    public string? Sub { get; init; }

    public string? EntityId { get; init; }

    /// <summary>Gets the members of <c>properties</c>; null when the frame has none.</summary>
    public IReadOnlyDictionary<string, byte[]>? Properties { get; init; }

    public long? Version { get; init; }

    public long? Position { get; init; }

    public string? Cursor { get; init; }

    public string? EventId { get; init; }

    /// <summary>Gets the <c>timestamp</c>, in microseconds since 1970.</summary>
    public long? Timestamp { get; init; }

    /// <summary>Gets the <c>last_updated</c>, in microseconds since 1970.</summary>
    public long? LastUpdated { get; init; }

    public long? From { get; init; }

    public long? To { get; init; }

    public long? Count { get; init; }

    public string? Code { get; init; }

    /// <summary>Gets as what it tells a change; null when it tells none.</summary>
    public ChangeKind? Change => Type switch
    {
        "change" => ChangeKind.Change,
        "entity_deleted" => ChangeKind.Deleted,
        "enter" => ChangeKind.Enter,
        "leave" => ChangeKind.Leave,
        _ => null,
    };

    /// <summary>Reads a frame; null when it is no JSON object with a type, or a member is of another kind than the protocol says.</summary>
    public static SubscriptionFrame? TryRead(byte[] raw)
    {
        try
        {
            return JsonSame.Members(raw) is { } members ? Read(members) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static SubscriptionFrame? Read(Dictionary<string, byte[]> members)
    {
        if (Text(members, "type") is not { } type)
        {
            return null;
        }

        return new SubscriptionFrame
        {
            Type = type,
            Sub = Text(members, "sub"),
            EntityId = Text(members, "entity_id"),
            Properties = members.TryGetValue("properties", out var properties) ? JsonSame.Members(properties) : null,
            Version = Number(members, "version"),
            Position = Number(members, "position"),
            Cursor = Text(members, "cursor"),
            EventId = Text(members, "event_id"),
            Timestamp = Time(members, "timestamp"),
            LastUpdated = Time(members, "last_updated"),
            From = Number(members, "from"),
            To = Number(members, "to"),
            Count = Number(members, "count"),
            Code = Text(members, "code"),
        };
    }

    private static string? Text(Dictionary<string, byte[]> members, string name)
    {
        if (!members.TryGetValue(name, out var json))
        {
            return null;
        }

        var reader = new Utf8JsonReader(json, PayloadMeaning.Options);
        reader.Read();
        return reader.GetString() ?? throw new FormatException($"{name} is null");
    }

    private static long? Number(Dictionary<string, byte[]> members, string name)
    {
        if (!members.TryGetValue(name, out var json))
        {
            return null;
        }

        var reader = new Utf8JsonReader(json, PayloadMeaning.Options);
        reader.Read();
        return reader.GetInt64();
    }

    private static long? Time(Dictionary<string, byte[]> members, string name) =>
        Text(members, name) is { } text
            ? (DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond
            : null;
}
