using Flux.Server.Reference;

namespace Flux.Server.Subscriptions;

/// <summary>What the reference says of the messages of a WebSocket that asked for nothing newer. Source: docs/protocol.md, "WebSocket".</summary>
internal static class ClassicReference
{
    private const string Schemas =
        """
        {
        "entity_id":{"type":"string","description":"An id."},
        "wanted_id":{"type":"string","description":"An id, `*` for all, or `ns/*` for all ids that start with `ns/`."},
        "property":{"type":"string"},
        "value":{"description":"The whole new value, as it was sent; may be `null`."},
        "timestamp":{"type":"string","format":"date-time","description":"Of the commit."},
        "event_id":{"type":"string"},
        "position":{"type":"integer","description":"In the log."},
        "version":{"type":"integer","description":"Of the entity."},
        "entities":{"type":"object","required":["total"],"properties":{"total":{"type":"integer"}}},
        "events":{"type":"object","required":["total","rate_per_second"],"properties":{"total":{"type":"integer"},"rate_per_second":{"type":"number"}}},
        "websocket":{"type":"object","required":["connections"],"properties":{"connections":{"type":"integer"}}},
        "publishers":{"type":"object","required":["active"],"properties":{"active":{"type":"integer"}}}
        }
        """;

    public static readonly SocketMessage MetricsUpdate = new("metrics_update", "Every 2 s, left out while other frames wait.", "timestamp entities events websocket publishers")
    {
        Examples = ["""{"type":"metrics_update","timestamp":"2026-02-25T20:05:01.000000Z","entities":{"total":0},"events":{"total":2,"rate_per_second":0.4},"websocket":{"connections":1},"publishers":{"active":2}}"""],
    };

    public static readonly SocketChannel Channel = new(
        "classic",
        "A socket has a set of ids; while the set is empty, or holds `*`, it gets everything. Subscribing is not acknowledged, and a message that is wrong is ignored. The pong of a ping that was sent behind subscriptions says that they are in force.",
        Subprotocol: null,
        Schemas)
    {
        FromClient =
        [
            new("subscribe", "Adds an id to the set.", "entity_id:wanted_id")
            {
                Examples = ["""{"type":"subscribe","entity_id":"home/lamp"}""", """{"type":"subscribe","entity_id":"home/*"}"""],
            },
            new("unsubscribe", "Takes it out.", "entity_id:wanted_id") { Examples = ["""{"type":"unsubscribe","entity_id":"home/lamp"}"""] },
        ],
        FromServer =
        [
            new("state_update", "An event set a property; one message for each, also when the value stayed the same.", "entity_id property value timestamp event_id position version")
            {
                Examples = ["""{"type":"state_update","entity_id":"home/lamp","property":"on","value":true,"timestamp":"2026-02-25T20:04:27.638770Z","event_id":"lamp-1","position":1,"version":1}"""],
            },
            new("entity_deleted", "An event removed the entity; to every socket that may see it.", "entity_id timestamp event_id position version")
            {
                Examples = ["""{"type":"entity_deleted","entity_id":"home/lamp","timestamp":"2026-02-25T20:05:00.000000Z","event_id":"lamp-2","position":2,"version":2}"""],
            },
            MetricsUpdate,
        ],
    };
}
