using Flux.Core.Log;
using Flux.Grains.Namespaces;
using Flux.Server.Admin;
using Flux.Server.Reference;

namespace Flux.Server.Namespaces;

/// <summary>The routes under /api/namespaces, and who may write what.</summary>
internal static class NamespacesApi
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void AddNamespaces(this IServiceCollection services)
    {
        services.AddSingleton<NamespaceDirectory>();
        services.AddSingleton<ISystemRecordListener>(provider => provider.GetRequiredService<NamespaceDirectory>());
        services.AddSingleton<RuntimeConfiguration>();
        services.AddSingleton<ISystemRecordListener>(provider => provider.GetRequiredService<RuntimeConfiguration>());
        services.AddSingleton<SystemRecords>();
        services.AddSingleton<IFeedListener>(provider => provider.GetRequiredService<SystemRecords>());
        services.AddHostedService<SystemRecordsLoader>(); // after the silo, before the first request
        services.AddSingleton<TokenUses>();
        services.AddHostedService<TokenUseRecorder>();
        services.AddSingleton<AccessControl>();
        services.AddSingleton<ManagementAccess>();
        services.AddSingleton<NamespaceEndpoints>();
        services.AddSingleton<TokenEndpoints>();
        services.AddSingleton<UsageEndpoint>();
    }

    public static void MapNamespaces(this IEndpointRouteBuilder routes)
    {
        var namespaces = routes.ServiceProvider.GetRequiredService<NamespaceEndpoints>();
        routes.MapPost("/api/namespaces", (RequestDelegate)namespaces.RegisterAsync).Describe(NamespacesReference.Register);
        routes.MapMethods("/api/namespaces/{name}", Reading, (RequestDelegate)namespaces.GetAsync).Describe(NamespacesReference.Read);
        routes.MapPut("/api/namespaces/{name}", (RequestDelegate)namespaces.ChangeAsync).Describe(NamespacesReference.Change);
        routes.MapDelete("/api/namespaces/{name}", (RequestDelegate)namespaces.DeleteAsync).Describe(NamespacesReference.Delete);
        routes.MapMethods("/api/namespaces/{name}/usage", Reading, (RequestDelegate)routes.ServiceProvider.GetRequiredService<UsageEndpoint>().GetAsync)
            .Describe(NamespacesReference.ReadUsage);

        var tokens = routes.ServiceProvider.GetRequiredService<TokenEndpoints>();
        routes.MapMethods("/api/namespaces/{name}/tokens", Reading, (RequestDelegate)tokens.ListAsync).Describe(NamespacesReference.ListTokens);
        routes.MapPost("/api/namespaces/{name}/tokens", (RequestDelegate)tokens.IssueAsync).Describe(NamespacesReference.IssueToken);
        routes.MapPost("/api/namespaces/{name}/tokens/{id}/rotate", (RequestDelegate)tokens.RotateAsync).Describe(NamespacesReference.RotateToken);
        routes.MapDelete("/api/namespaces/{name}/tokens/{id}", (RequestDelegate)tokens.RevokeAsync).Describe(NamespacesReference.RevokeToken);
    }
}
