using Flux.Server.Hosting;
using Flux.Server.Reference;

namespace Flux.Server.Claims;

/// <summary>What the reference says of the routes under /api/claims.</summary>
internal static class ClaimsReference
{
    private const string Schemas =
        """
        {
        "Claim":{"type":"object","required":["owner","token","expires_at"],"properties":{
          "key":{"type":"string","description":"The part of the entity; not there for the entity as a whole."},
          "owner":{"type":"string"},"token":{"type":"integer","description":"For `claim_token` of events, and to renew and release it."},
          "expires_at":{"type":"string","format":"date-time"}}},
        "ClaimChanged":{"type":"object","required":["entity_id","eventId","stream","position","version"],"properties":{
          "entity_id":{"type":"string"},"key":{"type":"string"},"owner":{"type":"string"},"token":{"type":"integer"},"expires_at":{"type":"string","format":"date-time"},
          "eventId":{"type":"string"},"stream":{"type":"string"},"position":{"type":"integer"},"version":{"type":"integer"},"applied":{"const":false}}}
        }
        """;

    private const string AcquireBody =
        """
        {"type":"object","required":["entity_id","owner","ttl"],"properties":{
          "entity_id":{"type":"string"},"key":{"type":["string","null"],"minLength":1,"description":"A part of the entity; without it all of it."},
          "owner":{"type":"string","minLength":1},"ttl":{"type":"integer","minimum":1,"maximum":604800,"description":"Seconds."}}}
        """;

    private const string RenewBody =
        """
        {"type":"object","required":["entity_id","token","ttl"],"properties":{
          "entity_id":{"type":"string"},"key":{"type":["string","null"],"minLength":1},"token":{"type":"integer"},"ttl":{"type":"integer","minimum":1,"maximum":604800}}}
        """;

    private const string ReleaseBody =
        """{"type":"object","required":["entity_id","token"],"properties":{"entity_id":{"type":"string"},"key":{"type":["string","null"],"minLength":1},"token":{"type":"integer"}}}""";

    private static readonly ApiArea Area = new(
        "Claims",
        "Who works on something says so for a time, with a token that grows: events that carry it are refused once the claim is somebody else's. A claim needs the rights of a publish and counts as an event.",
        Schemas);

    private static readonly IReadOnlyList<ApiRefusal> Refusals =
    [
        .. ApiRefusal.Body, new(StatusCodes.Status400BadRequest, ErrorCodes.InvalidEntityId), .. ApiRefusal.Tokens, .. ApiRefusal.Appends,
        new(StatusCodes.Status409Conflict, ErrorCodes.ClaimConflict),
    ];

    public static readonly ApiOperation Acquire = new(Area, "acquireClaim", "Claim an entity, or a part of it")
    {
        Caller = ApiCaller.Writer,
        Body = AcquireBody,
        Answers = [new("It is held, with this token.", ApiSchema.Of("ClaimChanged"))],
        Refusals = Refusals,
        Examples =
        [
            new("A robot takes a job", "/api/claims", """{"entity_id":"home/job","owner":"robot-1","ttl":60}"""),
            new("Another one is too late", "/api/claims", """{"entity_id":"home/job","owner":"robot-2","ttl":60}""") { Status = 409 },
        ],
    };

    public static readonly ApiOperation Renew = new(Area, "renewClaim", "Hold a claim for longer")
    {
        Caller = ApiCaller.Writer,
        Body = RenewBody,
        Answers = [new("It is held, with the same token.", ApiSchema.Of("ClaimChanged"))],
        Refusals = Refusals,
        Examples =
        [
            new("For another minute", "/api/claims/renew", """{"entity_id":"home/job","token":1,"ttl":60}"""),
            new("With a token that does not hold it", "/api/claims/renew", """{"entity_id":"home/job","token":99,"ttl":60}""") { Status = 409 },
        ],
    };

    public static readonly ApiOperation Release = new(Area, "releaseClaim", "Give a claim back")
    {
        Caller = ApiCaller.Writer,
        Body = ReleaseBody,
        Answers = [new("It is free.", ApiSchema.Of("ClaimChanged"))],
        Refusals = Refusals,
        Examples =
        [
            new("The job is done", "/api/claims/release", """{"entity_id":"home/job","token":1}"""),
            new("With a token that does not hold it", "/api/claims/release", """{"entity_id":"home/job","token":99}""") { Status = 409 },
        ],
    };

    public static readonly ApiOperation List = new(Area, "listClaims", "See who holds an entity")
    {
        Parameters = [ApiParameter.Required("entity_id", "The entity.")],
        Answers = [new("The claims that are held.", ApiSchema.ListOf("Claim"))],
        Refusals = ApiRefusal.Query,
        Examples = [new("Of a job", "/api/claims?entity_id=home%2Fjob")],
    };
}
