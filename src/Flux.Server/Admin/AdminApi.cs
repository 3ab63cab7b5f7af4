using Flux.Server.Reference;

namespace Flux.Server.Admin;

/// <summary>The routes under /api/admin: what only the operator may do.</summary>
internal static class AdminApi
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void AddAdmin(this IServiceCollection services)
    {
        services.AddSingleton<ConfigurationEndpoints>();
        services.AddSingleton<AdminNamespaceEndpoints>();
        services.AddSingleton<AuditEndpoint>();
    }

    public static void MapAdmin(this IEndpointRouteBuilder routes)
    {
        var configuration = routes.ServiceProvider.GetRequiredService<ConfigurationEndpoints>();
        routes.MapMethods("/api/admin/config", Reading, (RequestDelegate)configuration.GetAsync).Describe(AdminReference.ReadConfiguration);
        routes.MapPut("/api/admin/config", (RequestDelegate)configuration.ChangeAsync).Describe(AdminReference.ChangeConfiguration);

        var namespaces = routes.ServiceProvider.GetRequiredService<AdminNamespaceEndpoints>();
        routes.MapMethods("/api/admin/namespaces", Reading, (RequestDelegate)namespaces.ListAsync).Describe(AdminReference.ListNamespaces);
        routes.MapPut("/api/admin/namespaces/{name}", (RequestDelegate)namespaces.ChangeAsync).Describe(AdminReference.ChangeNamespace);

        var audit = routes.ServiceProvider.GetRequiredService<AuditEndpoint>();
        routes.MapMethods("/api/admin/audit", Reading, (RequestDelegate)audit.GetAsync).Describe(AdminReference.ReadAudit);
    }
}
