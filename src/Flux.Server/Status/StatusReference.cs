using Flux.Server.Reference;

namespace Flux.Server.Status;

/// <summary>What the reference says of the route of the silos' status.</summary>
internal static class StatusReference
{
    private const string Schemas =
        """
        {
        "Status":{"type":"object","required":["at","entities","silos"],"properties":{
          "at":{"type":"string","format":"date-time"},"entities":{"type":"integer"},
          "log":{"type":"object","required":["position","bytes"],"description":"Not there while the log does not answer.","properties":{"position":{"type":"integer"},"bytes":{"type":"integer"}}},
          "silos":{"type":"array","items":{"type":"object","required":["silo","name","status","answered"],"properties":{
            "silo":{"type":"string"},"name":{"type":"string"},"status":{"type":"string"},"answered":{"type":"boolean","description":"What follows is there when it has."},
            "grains":{"type":"object","additionalProperties":{"type":"integer"},"description":"How many are active, by their types."},
            "values":{"type":"object","additionalProperties":{"type":"number"},"description":"By the names of the metrics."},
            "histograms":{"type":"object","additionalProperties":{"type":"object","required":["bounds","counts","sum"],"properties":{
              "bounds":{"type":"array","items":{"type":"number"}},"counts":{"type":"array","items":{"type":"integer"}},"sum":{"type":"number"}}}}}}}}}
        }
        """;

    private static readonly ApiArea Area = new("Status", "How the silos are, for the operator.", Schemas);

    public static readonly ApiOperation Read = new(Area, "getStatus", "See how the silos are")
    {
        Description = "The log, and what every silo measures and holds. Open to all where no admin token is set.",
        Caller = ApiCaller.Operator,
        Answers = [new("All silos.", ApiSchema.Of("Status"))],
        Refusals = ApiRefusal.Operators,
        Examples = [new("All silos", "/api/admin/status")],
    };
}
