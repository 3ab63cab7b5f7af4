using System.Text;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Expressions;
using Flux.Core.Log;

namespace Flux.Core.Tests.Expressions;

/// <summary>Entities and changes written as JSON.</summary>
internal static class Changes
{
    /// <summary>An entity with the properties of one JSON object.</summary>
    public static EntityView Entity(string properties, string id = "plant/boiler") =>
        new(id, EntityState.ReadProperties(Encoding.UTF8.GetBytes(properties)));

    /// <summary>The change of an entity by an event that sets properties, or deletes it.</summary>
    public static ChangeView Change(string before, string set, string id = "plant/boiler")
    {
        var payload = Encoding.UTF8.GetBytes($"{{\"entity_id\":\"{id}\",\"properties\":{set},\"note\":{{\"by\":\"ada\",\"tags\":[\"a\",\"b\"]}}}}");
        var recorded = new RecordedEvent
        {
            Position = new Position(17),
            RecordedAt = new Timestamp(1_772_028_627_158_250),
            Version = 3,
            Data = new EventData
            {
                EventId = "e-1",
                EventIdIsGiven = true,
                Stream = "sensors",
                Source = "probe",
                Timestamp = 1_772_028_627_158,
                TimestampIsGiven = true,
                Key = "k",
                Payload = new EventPayload(payload),
            },
            Hash = new byte[32],
        };
        var state = EntityState.Empty with { Properties = EntityState.ReadProperties(Encoding.UTF8.GetBytes(before)) };
        var after = state.After(recorded.Data.Payload.Change, version: 3, recorded.Hash, expiry: null);
        return new ChangeView(recorded, new EntityView(id, state.Properties), new EntityView(id, after.Properties));
    }
}
