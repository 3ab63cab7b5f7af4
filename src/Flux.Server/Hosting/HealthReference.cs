using Flux.Server.Reference;

namespace Flux.Server.Hosting;

/// <summary>What the reference says of the routes under /health.</summary>
internal static class HealthReference
{
    private static readonly ApiArea Area = new(
        "Health", "For those who watch over the process. Open to all.", """{"Health":{"type":"object","required":["status"],"properties":{"status":{"enum":["live","ready"]}}}}""");

    public static readonly ApiOperation Live = new(Area, "getLive", "Ask whether the process answers")
    {
        Caller = ApiCaller.Anyone,
        Answers = [new("It does.", ApiSchema.Of("Health"))],
        Examples = [new("The process answers", "/health/live")],
    };

    public static readonly ApiOperation Ready = new(Area, "getReady", "Ask whether it wants traffic")
    {
        Description = "503 with the reason in `error` while it does not.",
        Caller = ApiCaller.Anyone,
        Answers = [new("It does.", ApiSchema.Of("Health"))],
        Examples = [new("It wants traffic", "/health/ready")],
    };
}
