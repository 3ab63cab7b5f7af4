using System.Diagnostics.Metrics;
using System.Text;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.EventLog.Projection;

namespace Flux.EventLog.Tests;

/// <summary>Makes events as the gateway and the entity grains would.</summary>
internal sealed class TestEvents
{
    /// <summary>Where a projection may count when nobody asks.</summary>
    public static readonly ProjectionInstruments Instruments = new(new Meter("tests"));

    private readonly Dictionary<string, EntityState> _states = new(StringComparer.Ordinal);

    public static EventData Data(string payload, string? id = null, long? timestamp = null, string source = "test", string? key = null) => new()
    {
        EventId = id ?? Guid.CreateVersion7().ToString(),
        EventIdIsGiven = id is not null,
        Stream = "tests.lamp",
        Source = source,
        Timestamp = timestamp ?? 1_700_000_000_000,
        TimestampIsGiven = timestamp is not null,
        Key = key,
        Payload = new EventPayload(Encoding.UTF8.GetBytes(payload)),
    };

    public static string Set(string entity, string property, object value) =>
        $$$"""{"entity_id":"{{{entity}}}","properties":{"{{{property}}}":{{{value}}}}}""";

    /// <summary>Makes an entity's next event, as if all those made before were recorded.</summary>
    public EventToAppend Next(EventData data) => Next(data, cause: null, expiry: null);

    /// <summary>Makes an entity's next event with a cause, and with what it makes due.</summary>
    public EventToAppend Next(EventData data, Position? cause, Expiry? expiry)
    {
        if (data.Payload.EntityId is not { } id)
        {
            return new EventToAppend(data, 0, Before: null, cause, expiry, EventHash.OfRow(EventHash.None, data, 0, before: null, cause, expiry));
        }

        var state = _states.GetValueOrDefault(id, EntityState.Empty);
        var before = state.Before(data.Payload.Change);
        var hash = EventHash.OfRow(state.Hash, data, state.Version + 1, before, cause, expiry);
        _states[id] = state.After(data.Payload.Change, state.Version + 1, hash, expiry);
        return new EventToAppend(data, state.Version + 1, before, cause, expiry, hash);
    }

    public EventToAppend Next(string entity, string property, object value, string? id = null) =>
        Next(Data(Set(entity, property, value), id));

    /// <summary>Makes an event as <see cref="Next(EventData)"/> does, for an append that will not be recorded.</summary>
    public EventToAppend NextUnrecorded(EventData data)
    {
        var former = data.Payload.EntityId is { } id ? _states.GetValueOrDefault(id) : null;
        var item = Next(data);
        if (data.Payload.EntityId is { } entity)
        {
            _states[entity] = former ?? EntityState.Empty;
        }

        return item;
    }
}
