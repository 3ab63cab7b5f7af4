using Flux.Server.Reference;

namespace Flux.Server.Demo;

/// <summary>The routes under /api/demo.</summary>
internal static class DemoApi
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void AddDemo(this IServiceCollection services) => services.AddSingleton<DemoEndpoints>();

    public static void MapDemo(this IEndpointRouteBuilder routes)
    {
        var demo = routes.ServiceProvider.GetRequiredService<DemoEndpoints>();
        routes.MapPost("/api/demo", (RequestDelegate)demo.StartAsync).Describe(DemoReference.Start);
        routes.MapMethods("/api/demo", Reading, (RequestDelegate)demo.GetAsync).Describe(DemoReference.Read);
        routes.MapDelete("/api/demo", (RequestDelegate)demo.EndAsync).Describe(DemoReference.End);
    }
}
