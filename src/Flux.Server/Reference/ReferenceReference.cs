namespace Flux.Server.Reference;

/// <summary>What the reference says of itself.</summary>
internal static class ReferenceReference
{
    private const string AnyObject = """{"type":"object","additionalProperties":true}""";

    private static readonly ApiArea Area = new("Reference", "This description, for programs. Open to all.");

    public static readonly ApiOperation OpenApi = new(Area, "getOpenApi", "Describe the HTTP API")
    {
        Description = "An OpenAPI 3.1 document. `x-examples` of an operation are requests that work as they stand there and in this order, but for the id of a token, `tok_0a1b2c3d`, which the server gives out.",
        Caller = ApiCaller.Anyone,
        Answers = [new("The document.", AnyObject)],
        Examples = [new("The document", "/openapi.json")],
    };

    public static readonly ApiOperation AsyncApi = new(Area, "getAsyncApi", "Describe the messages of the WebSocket")
    {
        Description = "An AsyncAPI 3.0 document: the classic messages and those of `flux.v2`.",
        Caller = ApiCaller.Anyone,
        Answers = [new("The document.", AnyObject)],
        Examples = [new("The document", "/asyncapi.json")],
    };
}
