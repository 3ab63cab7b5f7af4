using Flux.Grains.Status;
using Flux.Server.Reference;

namespace Flux.Server.Status;

/// <summary>GET /api/admin/status: how the silos are.</summary>
internal static class StatusApi
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void AddStatus(this IServiceCollection services)
    {
        services.AddSingleton<ISiloFigures, SiloFigureReader>();
        services.AddSingleton<SiloSurvey>();
        services.AddSingleton<StatusEndpoint>();
    }

    public static void MapStatus(this IEndpointRouteBuilder routes)
    {
        routes.ServiceProvider.GetRequiredService<Measurements>(); // before the first socket, which counts
        routes.MapMethods("/api/admin/status", Reading, (RequestDelegate)routes.ServiceProvider.GetRequiredService<StatusEndpoint>().GetAsync)
            .Describe(StatusReference.Read);
    }
}
