using System.Text;
using Flux.Core.Events;
using Flux.Core.Log;

namespace Flux.Server.Tests.Subscriptions;

/// <summary>Makes recorded events without a log.</summary>
internal static class TestEvents
{
    /// <summary>An event that sets one property to its position.</summary>
    public static RecordedEvent Set(long position, string id = "home/lamp") => Of(position, id, $$"""{"n":{{position}}}""");

    /// <summary>A commit of events that set one property each.</summary>
    public static CommittedBatch Batch(long first, int count) =>
        new([.. Enumerable.Range(0, count).Select(i => Set(first + i))]);

    /// <summary>An event with these properties.</summary>
    public static RecordedEvent Of(long position, string id, string properties, bool isApplied = true, string eventId = "e") =>
        new()
        {
            Position = new Position(position),
            RecordedAt = new Timestamp(1_772_028_627_158_770),
            Version = position,
            Hash = new byte[32],
            Before = isApplied ? "{}"u8.ToArray() : null,
            Data = new EventData
            {
                EventId = eventId,
                EventIdIsGiven = true,
                Stream = "test",
                Source = "tests",
                Timestamp = 1,
                TimestampIsGiven = true,
                Payload = new EventPayload(Encoding.UTF8.GetBytes(
                    $$"""{"entity_id":{{System.Text.Json.JsonSerializer.Serialize(id)}},"properties":{{properties}}}""")),
            },
        };
}
