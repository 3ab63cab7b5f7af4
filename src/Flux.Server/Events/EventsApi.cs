using Flux.Server.Reference;

namespace Flux.Server.Events;

/// <summary>The routes under /api/events.</summary>
internal static class EventsApi
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void AddEvents(this IServiceCollection services)
    {
        services.AddSingleton<Core.Events.EventIds>();
        services.AddSingleton<Grains.Entities.EntityGrains>();
        services.AddSingleton<EventAppender>();
        services.AddSingleton<CauseFinder>();
        services.AddSingleton<IngestInstruments>();
        services.AddSingleton<PublishEndpoints>();
        services.AddSingleton<HistoryPages>();
        services.AddSingleton<HistoryEndpoint>();
        services.AddSingleton<WhyEndpoint>();
    }

    public static void MapEvents(this IEndpointRouteBuilder routes)
    {
        var publish = routes.ServiceProvider.GetRequiredService<PublishEndpoints>();
        var history = routes.ServiceProvider.GetRequiredService<HistoryEndpoint>();
        var why = routes.ServiceProvider.GetRequiredService<WhyEndpoint>();
        routes.MapPost("/api/events", (RequestDelegate)publish.PublishAsync).Describe(EventsReference.Publish);
        routes.MapPost("/api/events/batch", (RequestDelegate)publish.PublishBatchAsync).Describe(EventsReference.PublishBatch);
        routes.MapMethods("/api/events", Reading, (RequestDelegate)history.GetAsync).Describe(EventsReference.History);
        routes.MapMethods("/api/why", Reading, (RequestDelegate)why.GetAsync).Describe(EventsReference.Why);
    }
}
