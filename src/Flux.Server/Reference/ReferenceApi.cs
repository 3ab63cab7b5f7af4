using System.Reflection;
using Flux.Server.Subscriptions;
using Flux.Server.Subscriptions.V2;

namespace Flux.Server.Reference;

/// <summary>/openapi.json and /asyncapi.json: what the API is, for programs. They are made when somebody first asks.</summary>
internal static class ReferenceApi
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Says in the reference what a route does.</summary>
    public static void Describe(this IEndpointConventionBuilder route, ApiOperation operation) => route.WithMetadata(operation);

    public static void MapReference(this IEndpointRouteBuilder routes)
    {
        var version = typeof(ReferenceApi).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        Map("/openapi.json", () => OpenApiDocument.Write(routes.DataSources.SelectMany(source => source.Endpoints), version), ReferenceReference.OpenApi);
        Map("/asyncapi.json", () => AsyncApiDocument.Write([ClassicReference.Channel, NewerReference.Channel], version), ReferenceReference.AsyncApi);

        void Map(string path, Func<byte[]> write, ApiOperation operation)
        {
            var document = new Lazy<byte[]>(write);
            routes.MapMethods(path, Reading, (RequestDelegate)(context => SendAsync(context, document.Value))).Describe(operation);
        }
    }

    private static async Task SendAsync(HttpContext context, byte[] document)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = document.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(document, context.RequestAborted);
        }
    }
}
