using Flux.Server.Reference;

namespace Flux.Server.Entities;

/// <summary>The routes under /api/state.</summary>
internal static class EntitiesApi
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void AddEntities(this IServiceCollection services)
    {
        services.AddSingleton<EntityLister>();
        services.AddSingleton<AsOf>();
        services.AddSingleton<Provenance>();
        services.AddSingleton<EntityPager>();
        services.AddSingleton<EntityEndpoints>();
        services.AddSingleton<DeletionEndpoints>();
        services.AddSingleton<PrefixEndpoint>();
    }

    public static void MapEntities(this IEndpointRouteBuilder routes)
    {
        var entities = routes.ServiceProvider.GetRequiredService<EntityEndpoints>();
        var deletions = routes.ServiceProvider.GetRequiredService<DeletionEndpoints>();
        var prefixes = routes.ServiceProvider.GetRequiredService<PrefixEndpoint>();
        routes.MapMethods("/api/state/prefixes", Reading, (RequestDelegate)prefixes.GetAsync).Describe(EntitiesReference.Prefixes);
        routes.MapMethods("/api/state/entities", Reading, (RequestDelegate)entities.ListAsync).Describe(EntitiesReference.List);
        routes.MapMethods("/api/state/entities/{**id}", Reading, (RequestDelegate)entities.GetAsync).Describe(EntitiesReference.Read);
        routes.MapDelete("/api/state/entities/{**id}", (RequestDelegate)deletions.DeleteAsync).Describe(EntitiesReference.Delete);

        // GET and DELETE on this path mean the entity of that name (wire-contract section 2).
        routes.MapPost("/api/state/entities/delete", (RequestDelegate)deletions.DeleteManyAsync).Describe(EntitiesReference.DeleteMany);
        routes.MapMethods("/api/state/entities/delete", Reading, (RequestDelegate)entities.GetAsync).Describe(EntitiesReference.Read);
        routes.MapDelete("/api/state/entities/delete", (RequestDelegate)deletions.DeleteAsync).Describe(EntitiesReference.Delete);
    }
}
