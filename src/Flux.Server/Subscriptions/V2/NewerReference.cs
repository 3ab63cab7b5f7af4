using Flux.Server.Reference;

namespace Flux.Server.Subscriptions.V2;

/// <summary>What the reference says of the messages of flux.v2. Source: docs/protocol.md, "flux.v2".</summary>
internal static class NewerReference
{
    private const string Schemas =
        """
        {
        "sub":{"type":"string","minLength":1,"maxLength":64,"description":"The client's name for a subscription."},
        "scope":{"oneOf":[{"type":"string"},{"type":"array","maxItems":1000,"items":{"type":"string"}}],"description":"An id, `ns/*` or `*`; or several. One of `entity` and `prefix` is required."},
        "prefix":{"oneOf":[{"type":"string"},{"type":"array","maxItems":1000,"items":{"type":"string"}}],"description":"Text with which ids start; or several."},
        "start":{"type":["string","integer"],"description":"`now` (default), `snapshot`, a cursor, or a position: what comes right after it.","default":"now"},
        "where":{"type":"string","maxLength":4096,"description":"A predicate in CEL."},
        "slow":{"enum":["catch_up","conflate","disconnect"],"default":"catch_up","description":"What happens when the client reads too slowly."},
        "wants_progress":{"type":"boolean","description":"`true`: a `progress` message at least once a second."},
        "past":{"type":["string","integer"],"description":"`start`, a cursor, a position, or a time."},
        "end":{"type":["string","integer"],"description":"A cursor, a position, a time, or `live`; left out, it is the head of this moment."},
        "speed":{"oneOf":[{"type":"number","minimum":0.001,"maximum":1000000},{"const":"max"}],"description":"1 is as it was; `max` is as fast as the client reads."},
        "paused":{"type":"boolean"},
        "max_idle":{"type":"number","minimum":0,"maximum":86400,"description":"Seconds to which a longer silence is cut."},
        "enabled":{"type":"boolean"},
        "token":{"type":"string"},
        "data":{"type":"string","description":"Up to 64 bytes."},
        "namespace":{"type":"string"},
        "replay":{"const":true,"description":"Of a replay, and not of what goes on."},
        "cursor":{"type":"string","description":"Stands for all before it; hand it back to go on there."},
        "properties":{"type":"object","additionalProperties":true},
        "last_updated":{"type":"string","format":"date-time"},
        "time":{"type":"string","format":"date-time","description":"What the clock of the replay shows."},
        "to":{"type":["integer","string"],"description":"The last position, or `live`."},
        "answer":{"enum":["replay","pause","resume","speed","seek"],"description":"What was obeyed."},
        "code":{"type":"string","description":"What programs branch on."},
        "error":{"type":"string","description":"What is wrong, for a person."},
        "refused":{"type":"string","description":"The type of a message to a replay that was refused; the replay goes on."},
        "line":{"type":"integer"},
        "column":{"type":"integer"},
        "first":{"type":"integer","description":"The first position that is kept."},
        "from":{"type":"integer"},
        "count":{"type":"integer"}
        }
        """;

    private const string OfEvent = "entity_id timestamp event_id version position cursor?";

    private const string Where = "entity:scope? entity_id:scope? prefix? where? slow? progress:wants_progress?";

    public static readonly SocketChannel Channel = new(
        "flux.v2",
        "Asked for with the subprotocol `flux.v2`. Such a socket gets nothing before it subscribes, and every message is answered. A subscription is an ordered sequence of changes: by position, each once, none left out.",
        "flux.v2",
        Schemas)
    {
        FromClient =
        [
            new("auth", "Shows a token, once and before the first subscription, where the upgrade could not.", "token") { Answers = ["authenticated", "error"], Examples = ["""{"type":"auth","token":"flux_read_nobody"}"""] },
            new("ping", "Is answered when everything before it was obeyed.", "data?") { Answers = ["pong", "error"], Examples = ["""{"type":"ping","data":"1"}""", """{"type":"ping"}"""] },
            new("metrics", "Asks for `metrics_update` every 2 s, or for no more of them.", "enabled") { Answers = ["metrics", "error"], Examples = ["""{"type":"metrics","enabled":true}"""] },
            new("subscribe", "Begins a subscription.", $"sub {Where} from:start?")
            {
                Answers = ["subscribed", "cursor_unknown", "error"],
                Examples =
                [
                    """{"type":"subscribe","sub":"lamps","entity":"home/*","from":"snapshot","where":"properties.brightness > 50","slow":"conflate","progress":true}""",
                    """{"type":"subscribe","sub":"all","prefix":"home/","from":0}""",
                ],
            },
            new("unsubscribe", "Ends one.", "sub") { Answers = ["unsubscribed", "error"], Examples = ["""{"type":"unsubscribe","sub":"lamps"}""", """{"type":"unsubscribe","sub":"nobody"}"""] },
            new("replay", "Begins a replay: past changes in their spacing, faster or slower.", $"sub? {Where} from:past to:end? speed? paused? max_idle?")
            {
                Answers = ["replaying", "cursor_unknown", "error"],
                Examples = ["""{"type":"replay","sub":"film","entity":"home/*","from":"start","to":"live","speed":10,"paused":true,"max_idle":5,"progress":true}"""],
            },
            new("pause", "Holds a replay.", "sub?") { Answers = ["replaying", "error"], Examples = ["""{"type":"pause","sub":"film"}"""] },
            new("seek", "Sends it elsewhere, backwards too.", "sub? from:past") { Answers = ["replaying", "cursor_unknown", "error"], Examples = ["""{"type":"seek","sub":"film","from":1}"""] },
            new("speed", "Makes it faster or slower.", "sub? speed") { Answers = ["replaying", "error"], Examples = ["""{"type":"speed","sub":"film","speed":0.5}"""] },
            new("resume", "Lets it go on.", "sub?") { Answers = ["replaying", "error"], Examples = ["""{"type":"resume","sub":"film"}"""] },
            new("stop", "Ends it.", "sub?") { Answers = ["stopped", "error"], Examples = ["""{"type":"stop","sub":"film"}"""] },
        ],
        FromServer =
        [
            new("subscribed", "The subscription is accepted, and begins after this position.", "sub position cursor?")
            {
                Examples = ["""{"type":"subscribed","sub":"lamps","position":4711,"cursor":"2wJ5BkQ1nW0uY3l8c7dE9g"}"""],
            },
            new("entity", "A row of the snapshot, in the order of ids.", "sub entity_id properties version last_updated")
            {
                Examples = ["""{"type":"entity","sub":"lamps","entity_id":"home/lamp","properties":{"on":true,"brightness":80},"version":1,"last_updated":"2026-02-25T20:04:27.638770Z"}"""],
            },
            new("caught_up", "Everything up to here was sent; what follows is live.", "sub position cursor")
            {
                Examples = ["""{"type":"caught_up","sub":"lamps","position":4711,"cursor":"2wJ5BkQ1nW0uY3l8c7dE9g"}"""],
            },
            new("change", "An event set properties: these.", $"sub replay? properties {OfEvent}")
            {
                Examples = ["""{"type":"change","sub":"all","entity_id":"home/lamp","properties":{"brightness":40},"timestamp":"2026-02-25T20:05:00.000000Z","event_id":"lamp-2","version":2,"position":4712,"cursor":"2wJ5BkQ1nW0uY3l8c7dE9h"}"""],
            },
            new("entity_deleted", "An event removed the entity.", $"sub replay? {OfEvent}")
            {
                Examples = ["""{"type":"entity_deleted","sub":"all","entity_id":"home/lamp","timestamp":"2026-02-25T20:06:00.000000Z","event_id":"lamp-3","version":3,"position":4713,"cursor":"2wJ5BkQ1nW0uY3l8c7dE9i"}"""],
            },
            new("enter", "With a predicate over state: the entity matches now and did not before. All its properties.", $"sub replay? properties {OfEvent}"),
            new("leave", "With a predicate over state: the entity matches no longer.", $"sub replay? {OfEvent}"),
            new("quarantined", "The event at this position is damaged, and nobody may read its entity.", $"sub replay? code error {OfEvent}"),
            new("skipped", "With `conflate`: `count` matching changes at these positions were merged into the messages before this one.", "sub from to count position cursor"),
            new("progress", "Everything up to here was sent.", "sub replay? time? position cursor?"),
            new("cursor_unknown", "The place is none of this log: nothing was done. The position and cursor are the head's.", "sub replay? refused? first position cursor"),
            new("unsubscribed", "Nothing of that name follows.", "sub") { Examples = ["""{"type":"unsubscribed","sub":"lamps"}"""] },
            new("replaying", "A message was obeyed, and the replay stands here.", "sub replay answer paused speed time? to position cursor"),
            new("replayed", "Everything up to the end was sent.", "sub replay position cursor"),
            new("stopped", "The replay has ended here.", "sub replay position cursor"),
            new("metrics", "The answer.", "enabled") { Examples = ["""{"type":"metrics","enabled":true}"""] },
            ClassicReference.MetricsUpdate,
            new("authenticated", "The token works.", "namespace") { Examples = ["""{"type":"authenticated","namespace":"home"}"""] },
            new("pong", "The answer to a ping.", "data?") { Examples = ["""{"type":"pong","data":"1"}"""] },
            new("error", "A message was refused, and nothing of it was done; or a running subscription ended, and position and cursor say how far it came.", "sub? replay? code error refused? line? column? position? cursor?")
            {
                Examples = ["""{"type":"error","sub":"nobody","code":"unknown_sub","error":"no subscription has this name"}"""],
            },
        ],
    };
}
