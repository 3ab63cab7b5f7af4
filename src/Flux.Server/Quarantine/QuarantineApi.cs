using Flux.Server.Reference;

namespace Flux.Server.Quarantine;

/// <summary>Registers what keeps damaged events from harming more than their entities.</summary>
internal static class QuarantineApi
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void AddQuarantine(this IServiceCollection services)
    {
        services.AddSingleton<QuarantineInstruments>();
        services.AddSingleton<QuarantineEndpoint>();
        services.AddHostedService<QuarantineService>(); // after the silo: it calls grains
    }

    public static void MapQuarantine(this IEndpointRouteBuilder routes)
    {
        var endpoint = routes.ServiceProvider.GetRequiredService<QuarantineEndpoint>();
        routes.MapMethods("/api/admin/quarantine", Reading, (RequestDelegate)endpoint.GetAsync).Describe(Admin.AdminReference.ReadQuarantine);
    }
}
