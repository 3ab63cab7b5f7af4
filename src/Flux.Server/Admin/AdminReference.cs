using Flux.Server.Hosting;
using Flux.Server.Reference;

namespace Flux.Server.Admin;

/// <summary>What the reference says of the routes under /api/admin.</summary>
internal static class AdminReference
{
    private const string Schemas =
        """
        {
        "Configuration":{"type":"object","required":["rate_limit_enabled","rate_limit_per_namespace_per_minute","body_size_limit_single_bytes","body_size_limit_batch_bytes"],"properties":{
          "rate_limit_enabled":{"type":"boolean"},"rate_limit_per_namespace_per_minute":{"type":"integer","minimum":0},
          "body_size_limit_single_bytes":{"type":"integer","minimum":1},"body_size_limit_batch_bytes":{"type":"integer","minimum":1}}},
        "AuditPage":{"type":"object","required":["events","next"],"properties":{
          "events":{"type":"array","items":{"type":"object","required":["position","recordedAt","action","actor","entity","changes"],"properties":{
            "position":{"type":"integer"},"recordedAt":{"type":"string","format":"date-time"},"action":{"type":"string"},
            "actor":{"type":"string","description":"`operator`, the id of the token that did it, or `anonymous` where no admin token is set."},
            "entity":{"type":"string"},"changes":{"type":"object","additionalProperties":true}}}},
          "next":{"type":"integer","description":"For `after` of the next page."}}},
        "QuarantinePage":{"type":"object","required":["entities"],"properties":{
          "entities":{"type":"array","items":{"type":"object","required":["entity_id","position","version","reason"],"properties":{
            "entity_id":{"type":"string"},"position":{"type":"integer"},"version":{"type":"integer"},"reason":{"type":"string"}}}},
          "next":{"type":"string","description":"For `after` of the next page; not there on the last one."}}}
        }
        """;

    private static readonly ApiArea Area = new("Operator", "What only the operator may do, with the admin token (`FLUX_ADMIN_TOKEN`).", Schemas);

    public static readonly ApiOperation ReadConfiguration = new(Area, "getConfiguration", "See the limits")
    {
        Caller = ApiCaller.Anyone,
        Answers = [new("The limits of all.", ApiSchema.Of("Configuration"))],
        Examples = [new("The limits", "/api/admin/config")],
    };

    public static readonly ApiOperation ChangeConfiguration = new(Area, "changeConfiguration", "Change the limits")
    {
        Description = "What is not mentioned stays. In force on this silo before the answer, and on the others within seconds. Open to all where no admin token is set.",
        Caller = ApiCaller.Operator,
        Body =
            """
            {"type":"object","properties":{
              "rate_limit_enabled":{"type":["boolean","null"]},"rate_limit_per_namespace_per_minute":{"type":["integer","null"],"minimum":0},
              "body_size_limit_single_bytes":{"type":["integer","null"],"minimum":1},"body_size_limit_batch_bytes":{"type":["integer","null"],"minimum":1}}}
            """,
        Answers = [new("The limits as they are now.", ApiSchema.Of("Configuration"))],
        Refusals = [.. ApiRefusal.Body, .. ApiRefusal.Operators, new(StatusCodes.Status503ServiceUnavailable, ErrorCodes.OutcomeUnknown)],
        Examples = [new("More events in a minute", "/api/admin/config", """{"rate_limit_per_namespace_per_minute":20000}""")],
    };

    public static readonly ApiOperation ListNamespaces = new(Area, "listNamespaces", "List all namespaces")
    {
        Caller = ApiCaller.Operator,
        Answers = [new("The namespaces, in the order of their names.", ApiSchema.ListOf("Namespace"))],
        Refusals = [.. ApiRefusal.Operators, .. ApiRefusal.Missing],
        Examples = [new("All", "/api/admin/namespaces")],
    };

    public static readonly ApiOperation ChangeNamespace = new(Area, "limitNamespace", "Suspend, ban or limit a namespace")
    {
        Description = "`suspended` can be read only. The limits are set all at once: what is not mentioned is no limit of its own.",
        Caller = ApiCaller.Operator,
        Parameters = [ApiParameter.OfPath("name", "The namespace.")],
        Body = """{"type":"object","properties":{"state":{"enum":["active","suspended","banned",null]},"limits":{"anyOf":[{"$ref":"#/components/schemas/NamespaceLimits"},{"type":"null"}]}}}""",
        Answers = [new("As it is now.", ApiSchema.Of("Namespace"))],
        Refusals = [.. ApiRefusal.Body, .. ApiRefusal.Operators, .. ApiRefusal.Missing, new(StatusCodes.Status503ServiceUnavailable, ErrorCodes.OutcomeUnknown)],
        Examples = [new("A hundred events a minute", "/api/admin/namespaces/garden", """{"state":"active","limits":{"eventsPerMinute":100,"entities":1000}}""")],
    };

    public static readonly ApiOperation ReadAudit = new(Area, "getAudit", "Read the audit trail")
    {
        Description = "What was changed of namespaces, tokens and configuration, and by whom, the oldest first.",
        Caller = ApiCaller.Operator,
        Parameters = [new("namespace", "Only of this one."), new("after", "Only later positions.", ApiParameter.Number), ApiParameter.Limit(500, 100)],
        Answers = [new("A page.", ApiSchema.Of("AuditPage"))],
        Refusals = [.. ApiRefusal.Query, .. ApiRefusal.Operators],
        Examples = [new("From the beginning", "/api/admin/audit"), new("Of one namespace", "/api/admin/audit?namespace=garden&limit=10")],
    };

    public static readonly ApiOperation ReadQuarantine = new(Area, "getQuarantine", "See what is damaged")
    {
        Description = "The entities that nobody may read or write, because one of their events is damaged.",
        Caller = ApiCaller.Operator,
        Parameters = [new("after", "From `next` of the page before."), ApiParameter.Limit(1_000, 100)],
        Answers = [new("A page.", ApiSchema.Of("QuarantinePage"))],
        Refusals = [.. ApiRefusal.Query, .. ApiRefusal.Operators],
        Examples = [new("All", "/api/admin/quarantine")],
    };
}
