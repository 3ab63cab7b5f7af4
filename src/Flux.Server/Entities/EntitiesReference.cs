using Flux.Server.Hosting;
using Flux.Server.Reference;

namespace Flux.Server.Entities;

/// <summary>What the reference says of the routes under /api/state.</summary>
internal static class EntitiesReference
{
    private const string Schemas =
        """
        {
        "Entity":{"type":"object","required":["id","properties","lastUpdated","version"],"properties":{
          "id":{"type":"string"},
          "properties":{"type":"object","additionalProperties":true,"description":"By their names, with the values as they were sent."},
          "lastUpdated":{"type":"string","format":"date-time"},
          "version":{"type":"integer","minimum":1,"description":"How many events it has."},
          "expiresAt":{"type":"string","format":"date-time","description":"When it will be deleted, if nothing else comes."},
          "propertiesExpireAt":{"type":"object","additionalProperties":{"type":"string","format":"date-time"},"description":"When properties become null."},
          "position":{"type":"integer","description":"With `at`: the position that is shown."},
          "provenance":{"type":"object","description":"With `detail=provenance`: the event that set each property.","additionalProperties":{"type":"object",
            "required":["eventId","source","stream","position","version","recordedAt"],"properties":{
            "eventId":{"type":"string"},"source":{"type":"string"},"stream":{"type":"string"},"position":{"type":"integer"},"version":{"type":"integer"},
            "recordedAt":{"type":"string","format":"date-time"}}}}}},
        "Deleted":{"type":"object","required":["entity_id","eventId","stream","position","version"],"properties":{
          "entity_id":{"type":"string"},"eventId":{"type":"string"},"stream":{"type":"string"},"position":{"type":"integer"},"version":{"type":"integer"},
          "applied":{"const":false,"description":"There was nothing to delete."}}},
        "DeletedMany":{"type":"object","required":["deleted","failed","errors"],"properties":{
          "deleted":{"type":"integer"},"failed":{"type":"integer"},"errors":{"type":"array","items":{"type":"string"}}}}
        }
        """;

    private const string DeletionBody =
        """
        {"type":"object","description":"The first of these that is there counts.","properties":{
          "namespace":{"type":["string","null"],"minLength":1,"description":"All of this namespace."},
          "prefix":{"type":["string","null"],"minLength":1,"description":"All whose ids begin so."},
          "entity_ids":{"type":"array","items":{"type":"string"},"description":"These."}}}
        """;

    private static readonly ApiArea Area = new("State", "What the events so far add up to: entities with their properties, now and at any earlier moment.", Schemas);

    private static readonly ApiParameter Id = ApiParameter.OfPath("id", "The entity. Percent-encoded and decoded once; a slash may stand as it is.");

    private static readonly ApiParameter At = new("at", "An earlier moment: a position, a cursor of `flux.v2`, or a time (RFC 3339 with offset).");

    private static readonly (string Name, string Description) Link = ("Link", "`<…>; rel=\"next\"`: the way to the next page; not there on the last one.");

    private static readonly (string Name, string Description) Position = ("Flux-Position", "With `at`: the position that is shown.");

    public static readonly ApiOperation List = new(Area, "listEntities", "List entities")
    {
        Description =
            """
            Without `limit`, `where` and `cursor` it is one array of everything. With any of them it comes in pages, in the order of ids, each of its own moment: everything that was acknowledged before it was
            asked for is in it. A page may hold few entities, or none, and have a next one.
            """,
        Parameters =
        [
            new("namespace", "Those of this namespace: the text of their ids before the first slash."),
            new("prefix", "Those whose ids begin so."),
            new("where", "Those for which this condition is true, such as `properties.on && properties.brightness > 50`."),
            ApiParameter.Limit(1_000, 100),
            new("cursor", "From the `Link` of the page before."),
            At,
            ApiParameter.Format,
        ],
        Answers = [new("The entities.", ApiSchema.ListOf("Entity")) { Head = [Link, Position] }, ApiAnswer.Table],
        Refusals = [.. ApiRefusal.Query, new(StatusCodes.Status400BadRequest, ErrorCodes.ExpressionTooCostly)],
        Examples =
        [
            new("All of a namespace", "/api/state/entities?namespace=home"),
            new("A page of those that are on", "/api/state/entities?prefix=home%2F&where=properties.on&limit=1"),
            new("As it was after the first event", "/api/state/entities?namespace=home&at=1"),
            new("As a table", "/api/state/entities?namespace=home&format=csv"),
            new("A condition that is none", "/api/state/entities?where=properties.") { Status = 400 },
        ],
    };

    public static readonly ApiOperation Read = new(Area, "getEntity", "Read an entity")
    {
        Parameters = [Id, At, new("detail", "`provenance`: with the event that set each property.", """{"enum":["provenance"]}""")],
        Answers = [new("The entity.", ApiSchema.Of("Entity")) { Head = [("ETag", "Its version in quotes, for `If-Match`; not with `at`."), Position] }],
        Refusals = [.. ApiRefusal.Query, new(StatusCodes.Status400BadRequest, ErrorCodes.InvalidEntityId), .. ApiRefusal.Missing],
        Examples =
        [
            new("A lamp", "/api/state/entities/home%2Flamp"),
            new("With the event that set each property", "/api/state/entities/home/lamp?detail=provenance"),
            new("Something that becomes due", "/api/state/entities/home/guest"),
            new("There is none", "/api/state/entities/home/nobody") { Status = 404 },
        ],
    };

    public static readonly ApiOperation Delete = new(Area, "deleteEntity", "Delete an entity")
    {
        Description = "Its events stay in the log. One that does not exist is deleted all the same.",
        Caller = ApiCaller.Writer,
        Parameters = [Id, ApiParameter.OfHead("If-Match", "The version that it must have, in quotes.")],
        Answers = [new("The event of its deletion.", ApiSchema.Of("Deleted"))],
        Refusals = [new(StatusCodes.Status400BadRequest, ErrorCodes.InvalidField), .. ApiRefusal.Tokens, .. ApiRefusal.Appends],
        Examples = [new("A guest leaves", "/api/state/entities/home%2Fguest")],
    };

    public static readonly ApiOperation DeleteMany = new(Area, "deleteEntities", "Delete many entities")
    {
        Description = "At most 10,000. `GET` and `DELETE` on this path mean the entity of that name.",
        Caller = ApiCaller.Writer,
        Body = DeletionBody,
        Answers = [new("How many were deleted.", ApiSchema.Of("DeletedMany"))],
        Refusals = [.. ApiRefusal.Body, new(StatusCodes.Status400BadRequest, ErrorCodes.InvalidEntityId), .. ApiRefusal.Tokens],
        Examples =
        [
            new("By their ids", "/api/state/entities/delete", """{"entity_ids":["home/cellar","home/attic"]}"""),
            new("All whose ids begin so", "/api/state/entities/delete", """{"prefix":"home/guest-"}"""),
        ],
    };

    public static readonly ApiOperation Prefixes = new(Area, "listPrefixes", "See how ids go on")
    {
        Description = "The different beginnings, up to and with the next slash, of the ids of entities that begin so. One look into an index for each, however many ids share it.",
        Parameters = [new("prefix", "The text that the ids begin with; none by default."), ApiParameter.Limit(1_000, 100), new("start", "From the `Link` of the page before.")],
        Answers = [new("The beginnings, in their order.", """{"type":"array","items":{"type":"string"}}""") { Head = [Link] }],
        Refusals = ApiRefusal.Query,
        Examples = [new("From the top", "/api/state/prefixes"), new("Further down", "/api/state/prefixes?prefix=home%2F&limit=10")],
    };
}
