using Flux.Server.Hosting;
using Flux.Server.Reference;

namespace Flux.Server.Work;

/// <summary>What the reference says of the routes under /api/admin/work.</summary>
internal static class WorkReference
{
    private const string Schemas =
        """
        {
        "Work":{"type":"object","required":["id","kind","subject","state","startedAt"],"properties":{
          "id":{"type":"string"},"kind":{"enum":["verify","export"]},"subject":{"type":"string","description":"The namespace that is exported; empty for all."},
          "state":{"enum":["waiting","running","done","failed","cancelled","lost"],"description":"`waiting` until its file is fetched; `lost` when its silo is gone."},
          "startedAt":{"type":"string","format":"date-time"},"endedAt":{"type":"string","format":"date-time"},
          "what":{"type":"string","description":"What is counted: events, then entities."},"done":{"type":"integer"},"total":{"type":"integer"},
          "perSecond":{"type":"integer"},"secondsLeft":{"type":"integer"},
          "result":{"type":"string","description":"What came of it, or what is wrong."},
          "file":{"type":"string","description":"Where the export can be fetched, once and within a minute, without a token."}}}
        }
        """;

    private static readonly ApiArea Area = new(
        "Work", "Long work that the operator asks a running server for: it is shown how far it is, and can be called off. It rests as long as it works, so that those who write do not notice it.", Schemas);

    private static readonly ApiParameter Id = ApiParameter.OfPath("id", "The work.");

    public static readonly ApiOperation Begin = new(Area, "beginWork", "Begin a verification or an export")
    {
        Description =
            """
            `verify` computes every hash and digest of the log anew and compares the read model. `export` answers with the address of a file of JSON lines (docs/log-format.md), which is made while it is
            fetched; it holds what is hidden too, so it needs the admin token even where nothing else does. One of a kind at a time, in all silos together.
            """,
        Caller = ApiCaller.Operator,
        Body = """{"type":"object","required":["kind"],"properties":{"kind":{"enum":["verify","export"]},"namespace":{"type":["string","null"],"description":"Of an export: only the events of this one."}}}""",
        Answers = [new("It is under way, or waits to be fetched.", ApiSchema.Of("Work")) { Status = StatusCodes.Status202Accepted }],
        Refusals = [.. ApiRefusal.Body, .. ApiRefusal.Operators, new(StatusCodes.Status409Conflict, ErrorCodes.WorkInProgress)],
        Examples =
        [
            new("A verification", WorkApi.Path, """{"kind":"verify"}""") { Status = StatusCodes.Status202Accepted },
            new("An export of one namespace", WorkApi.Path, """{"kind":"export","namespace":"home"}""") { Status = StatusCodes.Status202Accepted },
            new("Another one meanwhile", WorkApi.Path, """{"kind":"export"}""") { Status = StatusCodes.Status409Conflict },
        ],
    };

    public static readonly ApiOperation List = new(Area, "listWork", "See how far work is")
    {
        Caller = ApiCaller.Operator,
        Answers = [new("The work, the newest first; the last 20.", ApiSchema.ListOf("Work"))],
        Refusals = ApiRefusal.Operators,
        Examples = [new("All", WorkApi.Path)],
    };

    public static readonly ApiOperation Cancel = new(Area, "cancelWork", "Call work off")
    {
        Caller = ApiCaller.Operator,
        Parameters = [Id],
        Answers = [new("It is called off.", Schema: null) { Status = StatusCodes.Status204NoContent }],
        Refusals = [.. ApiRefusal.Operators, .. ApiRefusal.Missing],
        Examples = [new("What is not there", WorkApi.Path + "/nothing") { Status = StatusCodes.Status404NotFound }],
    };

    public static readonly ApiOperation Fetch = new(Area, "fetchWork", "Fetch an export")
    {
        Description = "At the address that the request for it was answered with. When it fails on the way, the connection is cut: what has no last line with its counts is not whole.",
        Caller = ApiCaller.Anyone,
        Parameters = [Id, ApiParameter.Required("key", "What the address was given out with.")],
        Answers = [new("JSON lines.", """{"type":"string"}""") { ContentType = "application/x-ndjson" }],
        Refusals = [.. ApiRefusal.Query, .. ApiRefusal.Missing],
        Examples = [new("What is not there", WorkApi.Path + "/nothing/file?key=0") { Status = StatusCodes.Status404NotFound }],
    };
}
