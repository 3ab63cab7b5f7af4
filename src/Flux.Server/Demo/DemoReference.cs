using Flux.Server.Hosting;
using Flux.Server.Reference;

namespace Flux.Server.Demo;

/// <summary>What the reference says of the routes under /api/demo.</summary>
internal static class DemoReference
{
    private const string Schemas =
        """
        {
        "Demo":{"type":"object","required":["state"],"properties":{
          "state":{"enum":["none","running","ended"],"description":"`ended` when it has ended by itself and its entities are still there."},"ends_at":{"type":"string","format":"date-time"}}},
        "DemoEnded":{"type":"object","required":["deleted"],"properties":{"deleted":{"type":"integer","description":"How many entities."}}}
        }
        """;

    private static readonly ApiArea Area = new("Demo", "A small world to look at. With authentication the operator alone starts and ends it.", Schemas);

    private static readonly IReadOnlyList<ApiRefusal> Refusals = [.. ApiRefusal.Operators, new(StatusCodes.Status503ServiceUnavailable, ErrorCodes.OutcomeUnknown)];

    public static readonly ApiOperation Start = new(Area, "startDemo", "Start the demo world")
    {
        Caller = ApiCaller.Operator,
        Answers = [new("It runs.", ApiSchema.Of("Demo"))],
        Refusals = [.. Refusals, new(StatusCodes.Status409Conflict, ErrorCodes.NameTaken)],
        Examples = [new("Start it", "/api/demo")],
    };

    public static readonly ApiOperation Read = new(Area, "getDemo", "See how the demo world stands")
    {
        Caller = ApiCaller.Anyone,
        Answers = [new("How it stands.", ApiSchema.Of("Demo"))],
        Examples = [new("How it stands", "/api/demo")],
    };

    public static readonly ApiOperation End = new(Area, "endDemo", "End the demo world")
    {
        Description = "And delete its entities; their events stay in the log.",
        Caller = ApiCaller.Operator,
        Answers = [new("It is gone.", ApiSchema.Of("DemoEnded"))],
        Refusals = Refusals,
        Examples = [new("End it", "/api/demo")],
    };
}
