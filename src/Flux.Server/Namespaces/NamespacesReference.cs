using Flux.Server.Hosting;
using Flux.Server.Reference;

namespace Flux.Server.Namespaces;

/// <summary>What the reference says of the routes under /api/namespaces.</summary>
internal static class NamespacesReference
{
    private const string Schemas =
        """
        {
        "Registration":{"type":"object","required":["namespaceId","name","token"],"properties":{
          "namespaceId":{"type":"string"},"name":{"type":"string"},"token":{"type":"string","description":"The first token, of scope admin. It is shown this once."}}},
        "NamespaceInfo":{"type":"object","required":["namespaceId","name","createdAt","entityCount"],"properties":{
          "namespaceId":{"type":"string"},"name":{"type":"string"},"createdAt":{"type":"string","format":"date-time"},
          "entityCount":{"type":"integer","description":"0 for who may not read it."}}},
        "Namespace":{"type":"object","required":["namespaceId","name","createdAt","state","private","limits","tokens"],"properties":{
          "namespaceId":{"type":"string"},"name":{"type":"string"},"createdAt":{"type":"string","format":"date-time"},
          "state":{"enum":["active","suspended","banned","deleted"]},"private":{"type":"boolean"},
          "limits":{"$ref":"#/components/schemas/NamespaceLimits"},"tokens":{"type":"integer","description":"How many of its tokens work."}}},
        "NamespaceLimits":{"type":"object","description":"Its own limits; those of all others count where one is not there.","properties":{
          "eventsPerMinute":{"type":"integer","minimum":0},"entities":{"type":"integer","minimum":0},"sockets":{"type":"integer","minimum":0},
          "subscriptions":{"type":"integer","minimum":0},"eventBytes":{"type":"integer","minimum":1,"description":"Of a payload."}}},
        "NamespaceUsage":{"type":"object","required":["namespace","inForce","entities","events","sockets","subscriptions","silos"],"properties":{
          "namespace":{"$ref":"#/components/schemas/Namespace"},"inForce":{"$ref":"#/components/schemas/NamespaceLimits"},
          "entities":{"type":"integer"},"events":{"type":"integer","description":"Those that the rate has let through of late."},"sockets":{"type":"integer"},"subscriptions":{"type":"integer"},
          "silos":{"type":"object","required":["asked","answered"],"properties":{"asked":{"type":"integer"},"answered":{"type":"integer","description":"Those that are counted."}}}}},
        "Token":{"type":"object","required":["id","scope","label","createdAt"],"properties":{
          "id":{"type":"string"},"token":{"type":"string","description":"Its text, where it was made by this request: it is shown this once."},
          "scope":{"enum":["read","write","admin"]},"label":{"type":"string"},"entityPrefix":{"type":"string","description":"What the ids begin with that it opens."},
          "createdAt":{"type":"string","format":"date-time"},"expiresAt":{"type":"string","format":"date-time"},"revokedAt":{"type":"string","format":"date-time"},
          "lastUsedOn":{"type":"string","format":"date"},"replacedBy":{"type":"string","description":"The id of the token after it."}}}
        }
        """;

    private static readonly ApiArea Area = new(
        "Namespaces", "Who owns which part of the world, and the tokens that open it. Without authentication (`FLUX_AUTH_ENABLED`) nobody owns anything, and there is nothing here (404).", Schemas);

    private static readonly ApiParameter Name = ApiParameter.OfPath("name", "The namespace: 3 to 32 of `a-z`, `0-9`, `_`, `-`.");

    private static readonly ApiParameter TokenId = ApiParameter.OfPath("id", "The id of the token.");

    private static readonly ApiRefusal OutcomeUnknown = new(StatusCodes.Status503ServiceUnavailable, ErrorCodes.OutcomeUnknown);

    public static readonly ApiOperation Register = new(Area, "registerNamespace", "Register a namespace")
    {
        Caller = ApiCaller.Operator,
        Body = """{"type":"object","required":["name"],"properties":{"name":{"type":"string","pattern":"^[a-z0-9_-]{3,32}$"}}}""",
        Answers = [new("It is registered.", ApiSchema.Of("Registration"))],
        Refusals =
        [
            .. ApiRefusal.Body, .. ApiRefusal.Operators, new(StatusCodes.Status400BadRequest, ErrorCodes.InvalidNamespace),
            new(StatusCodes.Status409Conflict, ErrorCodes.NameTaken), .. ApiRefusal.Missing, OutcomeUnknown,
        ],
        Examples = [new("A name that is free", "/api/namespaces", """{"name":"garden"}"""), new("A name that is taken", "/api/namespaces", """{"name":"garden"}""") { Status = 409 }],
    };

    public static readonly ApiOperation Read = new(Area, "getNamespace", "Look a namespace up")
    {
        Parameters = [Name],
        Answers = [new("That it is taken, and since when.", ApiSchema.Of("NamespaceInfo"))],
        Refusals = ApiRefusal.Missing,
        Examples = [new("Of a garden", "/api/namespaces/garden"), new("Nobody's", "/api/namespaces/nobody") { Status = 404 }],
    };

    public static readonly ApiOperation Change = new(Area, "changeNamespace", "Make a namespace private, or open again")
    {
        Caller = ApiCaller.Manager,
        Parameters = [Name],
        Body = """{"type":"object","required":["private"],"properties":{"private":{"type":"boolean"}}}""",
        Answers = [new("As it is now.", ApiSchema.Of("Namespace"))],
        Refusals = [.. ApiRefusal.Body, .. ApiRefusal.Managers, OutcomeUnknown],
        Examples = [new("Private", "/api/namespaces/garden", """{"private":true}""")],
    };

    public static readonly ApiOperation Delete = new(Area, "deleteNamespace", "Take a namespace from its owner")
    {
        Description = "Its entities stay, and its tokens work no longer.",
        Caller = ApiCaller.Operator,
        Parameters = [Name],
        Answers = [new("It is deleted.", Schema: null) { Status = StatusCodes.Status204NoContent }],
        Refusals = [.. ApiRefusal.Operators, .. ApiRefusal.Missing, OutcomeUnknown],
        Examples = [new("The garden", "/api/namespaces/garden") { Status = StatusCodes.Status204NoContent }],
    };

    public static readonly ApiOperation ReadUsage = new(Area, "getUsage", "See what a namespace uses")
    {
        Description = "Of all silos together, beside the limits that are in force.",
        Caller = ApiCaller.Manager,
        Parameters = [Name],
        Answers = [new("What it uses and may use.", ApiSchema.Of("NamespaceUsage"))],
        Refusals = ApiRefusal.Managers,
        Examples = [new("Of a garden", "/api/namespaces/garden/usage")],
    };

    public static readonly ApiOperation ListTokens = new(Area, "listTokens", "List the tokens of a namespace")
    {
        Description = "Those that have ended too; never a token's text.",
        Caller = ApiCaller.Manager,
        Parameters = [Name],
        Answers = [new("The tokens, the oldest first.", ApiSchema.ListOf("Token"))],
        Refusals = ApiRefusal.Managers,
        Examples = [new("Of a garden", "/api/namespaces/garden/tokens")],
    };

    public static readonly ApiOperation IssueToken = new(Area, "issueToken", "Issue a token")
    {
        Caller = ApiCaller.Manager,
        Parameters = [Name],
        Body =
            """
            {"type":"object","required":["scope"],"properties":{
              "scope":{"enum":["read","write","admin"]},"label":{"type":["string","null"],"maxLength":100},
              "entityPrefix":{"type":["string","null"],"description":"Starts with the namespace and a slash; not for scope admin."},
              "expiresInSeconds":{"type":["integer","null"],"minimum":1,"maximum":315360000}}}
            """,
        Answers = [new("The token with its text, this once.", ApiSchema.Of("Token"))],
        Refusals = [.. ApiRefusal.Body, .. ApiRefusal.Managers, new(StatusCodes.Status409Conflict, ErrorCodes.TooManyTokens), OutcomeUnknown],
        Examples = [new("For a week, for one bed", "/api/namespaces/garden/tokens", """{"scope":"write","label":"sprinkler","entityPrefix":"garden/bed-1/","expiresInSeconds":604800}""")],
    };

    public static readonly ApiOperation RotateToken = new(Area, "rotateToken", "Replace a token by a new one")
    {
        Description = "The old one works for the grace time yet.",
        Caller = ApiCaller.Manager,
        Parameters = [Name, TokenId],
        Body = """{"type":"object","properties":{"graceSeconds":{"type":["integer","null"],"minimum":0,"maximum":2592000,"default":3600}}}""",
        Answers = [new("The new token with its text, this once.", ApiSchema.Of("Token"))],
        Refusals = [.. ApiRefusal.Body, .. ApiRefusal.Managers, OutcomeUnknown],
        Examples = [new("With a minute to change over", "/api/namespaces/garden/tokens/tok_0a1b2c3d/rotate", """{"graceSeconds":60}""")],
    };

    public static readonly ApiOperation RevokeToken = new(Area, "revokeToken", "End a token")
    {
        Caller = ApiCaller.Manager,
        Parameters = [Name, TokenId],
        Answers = [new("It works no longer.", Schema: null) { Status = StatusCodes.Status204NoContent }],
        Refusals = [.. ApiRefusal.Managers, OutcomeUnknown],
        Examples = [new("At once", "/api/namespaces/garden/tokens/tok_0a1b2c3d") { Status = StatusCodes.Status204NoContent }],
    };
}
