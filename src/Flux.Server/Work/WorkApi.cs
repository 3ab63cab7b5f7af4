using Flux.Server.Reference;

namespace Flux.Server.Work;

/// <summary>The routes under /api/admin/work.</summary>
internal static class WorkApi
{
    public const string Path = "/api/admin/work";

    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void AddWork(this IServiceCollection services)
    {
        services.AddSingleton<LogReview>();
        services.AddSingleton<WorkRunner>();
        services.AddSingleton<WorkEndpoints>();
    }

    public static void MapWork(this IEndpointRouteBuilder routes)
    {
        var work = routes.ServiceProvider.GetRequiredService<WorkEndpoints>();
        routes.MapPost(Path, (RequestDelegate)work.BeginAsync).Describe(WorkReference.Begin);
        routes.MapMethods(Path, Reading, (RequestDelegate)work.ListAsync).Describe(WorkReference.List);
        routes.MapDelete(Path + "/{id}", (RequestDelegate)work.CancelAsync).Describe(WorkReference.Cancel);
        routes.MapGet(Path + "/{id}/file", (RequestDelegate)work.FetchAsync).Describe(WorkReference.Fetch);
    }
}
