using System.Text;
using Flux.Core.Events;

namespace Flux.Grains.Tests;

/// <summary>Makes events of entities that are called after their test, so that tests may share one silo.</summary>
internal static class Bulbs
{
    private static readonly EventIds Ids = new(TimeProvider.System);

    public static EntityKey NewKey() => EntityKey.Trusted($"home/{Guid.NewGuid():N}");

    /// <summary>An event that sets one property; with an id it can be repeated.</summary>
    public static EventData Set(EntityKey key, string name, string value, string? eventId = null) =>
        Event(key, $"{{\"{name}\":{value}}}", eventId);

    public static EventData Event(EntityKey key, string properties, string? eventId = null) => new()
    {
        EventId = eventId ?? Ids.Next(),
        EventIdIsGiven = eventId is not null,
        Stream = "test",
        Source = "test",
        Timestamp = 1,
        TimestampIsGiven = true,
        Payload = new EventPayload(Encoding.UTF8.GetBytes($"{{\"entity_id\":\"{key.Id}\",\"properties\":{properties}}}")),
    };
}
