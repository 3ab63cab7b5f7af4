using Flux.Server.Reference;

namespace Flux.Server.Events;

/// <summary>What the reference says of the routes under /api/events, and of /api/why.</summary>
internal static class EventsReference
{
    private const string Schemas =
        """
        {
        "Event":{"type":"object","required":["stream","source","payload"],"properties":{
          "eventId":{"type":["string","null"],"description":"The producer's own. The same event under the same id is recorded once; without one Flux makes a UUID. Up to 1,024 bytes."},
          "stream":{"type":"string","pattern":"^[a-z0-9]+(\\.[a-z0-9]+)*$","description":"Lower-case letters and digits, in parts joined by single dots."},
          "source":{"type":"string","minLength":1,"description":"Who says so."},
          "timestamp":{"type":"integer","minimum":1,"description":"Unix milliseconds; without it the time of arrival. It is kept and decides nothing."},
          "key":{"type":["string","null"],"description":"Kept and never interpreted."},
          "schema":{"type":["string","null"],"description":"Kept and never interpreted."},
          "payload":{"type":"object","description":"Kept byte for byte.","properties":{
            "entity_id":{"type":"string","description":"The entity that it is about. The text before the first slash is its namespace."},
            "properties":{"type":"object","additionalProperties":true,"description":"Each is replaced whole, others stay; `__deleted__: true` deletes the entity."}},
            "additionalProperties":true},
          "if_version":{"type":"integer","minimum":0,"description":"The version that the entity must have before the event; 0 when it must not exist."},
          "condition":{"type":"string","description":"An expression over `properties` and `entity` before the event, which must be true."},
          "claim_token":{"type":"integer","description":"The token of a claim that must be held on the entity."},
          "ttl":{"type":"integer","minimum":1,"maximum":315360000,"description":"The entity is deleted after so many seconds, unless a later event has another `ttl`."},
          "property_ttl":{"type":"object","additionalProperties":{"type":"integer"},"description":"Seconds after which properties that the event sets become null."},
          "caused_by":{"type":["string","integer","null"],"description":"The id or position of the event that led to this one."}}},
        "Acknowledgement":{"type":"object","required":["eventId","stream","position"],"properties":{
          "eventId":{"type":"string"},"stream":{"type":"string"},
          "position":{"type":"integer","minimum":1,"description":"Its place in the log, from 1, without gaps."},
          "version":{"type":"integer","minimum":1,"description":"Its place among the events of its entity; not there without an entity."},
          "duplicate":{"const":true,"description":"The same event was recorded before, here are its position and version."},
          "applied":{"const":false,"description":"The event is stored, and it changed no state."}}},
        "BatchResult":{"type":"object","required":["successful","failed","results"],"properties":{
          "successful":{"type":"integer"},"failed":{"type":"integer"},
          "results":{"type":"array","description":"A row for each event, in order.","items":{"type":"object","required":["eventId","stream","error"],"properties":{
            "eventId":{"type":["string","null"]},"stream":{"type":"string"},"error":{"type":["string","null"],"description":"`null` when it was stored."},
            "code":{"type":"string","description":"Of a refused row."},
            "position":{"type":"integer"},"version":{"type":"integer"},"duplicate":{"const":true},"applied":{"const":false}}}}}},
        "RecordedEvent":{"type":"object","required":["eventId","stream","source","timestamp","payload","position","version","recordedAt"],"properties":{
          "eventId":{"type":"string"},"stream":{"type":"string"},"source":{"type":"string"},"timestamp":{"type":"integer"},"key":{"type":"string"},"schema":{"type":"string"},
          "payload":{"type":"object","additionalProperties":true},
          "position":{"type":"integer"},"version":{"type":"integer","description":"0 without an entity."},
          "recordedAt":{"type":"string","format":"date-time","description":"When it was committed."},
          "cause":{"type":"integer","description":"The position of the event that led to it."},
          "damaged":{"type":"string","description":"What is wrong with the stored event; the rest is what can still be read."}}},
        "Why":{"type":"object","required":["event","causes","effects"],"properties":{
          "event":{"$ref":"#/components/schemas/RecordedEvent"},
          "causes":{"type":"array","items":{"$ref":"#/components/schemas/RecordedEvent"},"description":"The nearest first."},
          "effects":{"type":"array","items":{"$ref":"#/components/schemas/RecordedEvent"},"description":"Those of effects too, in the order of positions."},
          "moreCauses":{"const":true},"moreEffects":{"const":true}}}
        }
        """;

    private static readonly ApiArea Area = new("Events", "Events come in here, and their history goes out. An answer comes when the event is on disk and a read would show it.", Schemas);

    public static readonly ApiOperation Publish = new(Area, "publishEvent", "Publish one event")
    {
        Description =
            "Give each event an `eventId`, and when no answer came send the same bytes again: Flux records it once. After 503 `outcome_unknown` nobody knows whether it was stored, and that settles it.",
        Caller = ApiCaller.Writer,
        Parameters = [ApiParameter.OfHead("If-Match", "The same as `if_version`: a version in quotes.")],
        Body = ApiSchema.Of("Event"),
        Answers = [new("It is recorded.", ApiSchema.Of("Acknowledgement"))],
        Refusals = [.. ApiRefusal.Events, .. ApiRefusal.Tokens, .. ApiRefusal.Appends],
        Examples =
        [
            new("A lamp is on", "/api/events", """{"eventId":"lamp-1","stream":"home","source":"docs","timestamp":1772028627158,"payload":{"entity_id":"home/lamp","properties":{"on":true,"brightness":80}}}"""),
            new("What it led to", "/api/events", """{"stream":"home","source":"docs","caused_by":"lamp-1","payload":{"entity_id":"home/room","properties":{"light":"warm"}}}"""),
            new("Only when nobody was quicker", "/api/events", """{"stream":"home","source":"docs","if_version":1,"condition":"properties.on","payload":{"entity_id":"home/lamp","properties":{"brightness":40}}}"""),
            new("For a day", "/api/events", """{"stream":"home","source":"docs","ttl":86400,"property_ttl":{"pin":60},"payload":{"entity_id":"home/guest","properties":{"name":"Ada","pin":4711}}}"""),
            new("Somebody was quicker", "/api/events", """{"stream":"home","source":"docs","if_version":1,"payload":{"entity_id":"home/lamp","properties":{"brightness":10}}}""") { Status = 409 },
        ],
    };

    public static readonly ApiOperation PublishBatch = new(Area, "publishEvents", "Publish many events")
    {
        Description = "Each event has its own outcome, a row of the answer. Those of one entity keep their order. A bare array will do.",
        Caller = ApiCaller.Writer,
        Body = """{"oneOf":[{"type":"object","required":["events"],"properties":{"events":{"type":"array","minItems":1,"items":{"$ref":"#/components/schemas/Event"}}}},{"type":"array","minItems":1,"items":{"$ref":"#/components/schemas/Event"}}]}""",
        Answers = [new("A row for each event.", ApiSchema.Of("BatchResult"))],
        Refusals = [.. ApiRefusal.Events],
        Examples =
        [
            new("Two readings", "/api/events/batch", """{"events":[{"stream":"home","source":"docs","payload":{"entity_id":"home/cellar","properties":{"temp":14.5}}},{"stream":"home","source":"docs","payload":{"entity_id":"home/attic","properties":{"temp":24}}}]}"""),
            new("A bare array", "/api/events/batch", """[{"stream":"home","source":"docs","payload":{"entity_id":"home/attic","properties":{"temp":25}}}]"""),
        ],
    };

    public static readonly ApiOperation History = new(Area, "getEvents", "Read history")
    {
        Description =
            """
            With `entity` and no other parameter but `since` and `limit`: the events of one entity, the newest first, by default of the last 24 hours. With any of `order`, `from`, `before`, `until`,
            `namespace` and `prefix` it is a page; the way to the next one is the `Link` of the answer.
            """,
        Parameters =
        [
            new("entity", "The entity whose events are wanted. One of `entity`, `namespace` and `prefix` is required."),
            new("namespace", "Those of all entities of a namespace."),
            new("prefix", "Those of all entities whose ids begin so."),
            new("order", "`asc`: the oldest first.", """{"enum":["asc","desc"],"default":"desc"}"""),
            new("from", "Only this position and later ones.", ApiParameter.Number),
            new("before", "Only earlier positions.", ApiParameter.Number),
            new("since", "Only what was recorded then or later.", ApiParameter.Time),
            new("until", "Only what was recorded before.", ApiParameter.Time),
            ApiParameter.Limit(HistoryQuery.MaxLimit, 100),
            ApiParameter.Format,
        ],
        Answers = [new("The events.", ApiSchema.ListOf("RecordedEvent")) { Head = [("Link", "`<…>; rel=\"next\"`: the same request from where this page ended; not there on the last page.")] }, ApiAnswer.Table],
        Refusals = ApiRefusal.Query,
        Examples =
        [
            new("Of one entity", "/api/events?entity=home%2Flamp"),
            new("A page of a namespace, the oldest first", "/api/events?namespace=home&order=asc&limit=2"),
            new("As a table", "/api/events?prefix=home%2F&limit=10&format=csv"),
            new("Of nothing in particular", "/api/events") { Status = 400 },
        ],
    };

    public static readonly ApiOperation Why = new(Area, "getWhy", "Ask what led to an event, and what it led to")
    {
        Parameters =
        [
            new("event", "Its id; `event` or `position` is required."),
            new("namespace", "The namespace in which the id is looked for."),
            new("position", "Its position.", ApiParameter.Number),
            ApiParameter.Limit(1_000, 100),
        ],
        Answers = [new("The event with its causes and effects.", ApiSchema.Of("Why"))],
        Refusals = [.. ApiRefusal.Query, .. ApiRefusal.Missing],
        Examples = [new("The first event", "/api/why?event=lamp-1&namespace=home"), new("No such event", "/api/why?event=nobody-1&namespace=home") { Status = 404 }],
    };
}
