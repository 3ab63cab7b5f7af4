using Flux.Server.Reference;

namespace Flux.Server.Series;

/// <summary>The route of series.</summary>
internal static class SeriesApi
{
    public const string Path = "/api/series";

    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void AddSeries(this IServiceCollection services)
    {
        services.AddSingleton<SeriesPages>();
        services.AddSingleton<SeriesEndpoint>();
    }

    public static void MapSeries(this IEndpointRouteBuilder routes) =>
        routes.MapMethods(Path, Reading, (RequestDelegate)routes.ServiceProvider.GetRequiredService<SeriesEndpoint>().GetAsync)
            .Describe(SeriesReference.Read);
}
