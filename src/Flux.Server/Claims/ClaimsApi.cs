using Flux.Server.Reference;

namespace Flux.Server.Claims;

/// <summary>The routes under /api/claims.</summary>
internal static class ClaimsApi
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void AddClaims(this IServiceCollection services)
    {
        services.AddSingleton<ClaimEndpoints>();
        services.AddHostedService<DueTimes.ExpiryService>();
    }

    public static void MapClaims(this IEndpointRouteBuilder routes)
    {
        var claims = routes.ServiceProvider.GetRequiredService<ClaimEndpoints>();
        routes.MapPost("/api/claims", (RequestDelegate)claims.AcquireAsync).Describe(ClaimsReference.Acquire);
        routes.MapPost("/api/claims/renew", (RequestDelegate)claims.RenewAsync).Describe(ClaimsReference.Renew);
        routes.MapPost("/api/claims/release", (RequestDelegate)claims.ReleaseAsync).Describe(ClaimsReference.Release);
        routes.MapMethods("/api/claims", Reading, (RequestDelegate)claims.GetAsync).Describe(ClaimsReference.List);
    }
}
