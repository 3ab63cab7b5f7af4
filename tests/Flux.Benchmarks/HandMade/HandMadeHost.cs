using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flux.Benchmarks.HandMade;

/// <summary>What one would write instead of Flux: an endpoint that puts events and the state of entities into PostgreSQL; no push, no ids that repeat.</summary>
internal static class HandMadeHost
{
    public static async Task RunAsync(int port, string database, CancellationToken cancellationToken)
    {
        await using var source = await HandMadeStore.OpenAsync(database, cancellationToken);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenAnyIP(port));
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, HandMadeJson.Default));
        builder.Services.AddSingleton(new HandMadeStore(source));
        await using var app = builder.Build();
        app.MapPost("/api/events", PostEventAsync);
        app.MapGet("/health/ready", () => TypedResults.Ok());
        await app.RunAsync(cancellationToken);
    }

    private static async Task<Results<JsonHttpResult<HandMadeAnswer>, BadRequest>> PostEventAsync(
        HandMadeEvent posted, HandMadeStore store, CancellationToken cancellationToken) =>
        posted is { Stream.Length: > 0, Source.Length: > 0, Timestamp: > 0, Payload: { EntityId.Length: > 0, Properties.ValueKind: JsonValueKind.Object } }
            ? TypedResults.Json(await store.AppendAsync(posted, cancellationToken), HandMadeJson.Default.HandMadeAnswer)
            : TypedResults.BadRequest();
}
