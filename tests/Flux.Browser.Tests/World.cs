using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Flux.Browser.Tests;

/// <summary>Publishes what the tests look at.</summary>
internal sealed class World : IDisposable
{
    private readonly HttpClient _http;

    /// <summary>Initializes a new instance of the <see cref="World"/> class.</summary>
    /// <param name="server">The server.</param>
    /// <param name="token">The token to show; null for none.</param>
    public World(Uri server, string? token = null)
    {
        _http = new HttpClient { BaseAddress = server };
        _http.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Publishes an event and waits until it is recorded.</summary>
    /// <param name="entity">The entity.</param>
    /// <param name="properties">The properties that it sets.</param>
    /// <param name="source">Who sends it.</param>
    /// <param name="cause">The id of the event that led to it; null for none.</param>
    /// <returns>The event's id.</returns>
    public async Task<string> SetAsync(string entity, JsonObject properties, string source = "browser-tests", string? cause = null)
    {
        var sent = Event(entity, properties, source);
        if (cause is not null)
        {
            sent["caused_by"] = cause;
        }

        return (await PostAsync("api/events", sent))["eventId"]!.GetValue<string>();
    }

    /// <summary>Sends a request that has to succeed.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="body">What.</param>
    /// <returns>The answer.</returns>
    public async Task<JsonNode> PostAsync(string path, JsonObject body)
    {
        using var answer = await _http.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    /// <summary>Publishes many events at once.</summary>
    /// <param name="events">The entities and their properties.</param>
    public async Task SetAllAsync(IEnumerable<(string Entity, JsonObject Properties)> events)
    {
        var batch = new JsonArray([.. events.Select(pair => Event(pair.Entity, pair.Properties, "browser-tests"))]);
        using var answer = await _http.PostAsJsonAsync("api/events/batch", batch, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        Assert.All((JsonArray)JsonNode.Parse(text)!["results"]!, row => Assert.Null(row!["error"]));
    }

    /// <summary>Reads what happened, the oldest first.</summary>
    /// <param name="prefix">What the ids begin with.</param>
    public async Task<List<PastEvent>> HistoryAsync(string prefix)
    {
        var text = await _http.GetStringAsync($"api/events?order=asc&prefix={Uri.EscapeDataString(prefix)}", TestContext.Current.CancellationToken);
        return [.. ((JsonArray)JsonNode.Parse(text)!).Select(each => new PastEvent(
            each!["position"]!.GetValue<long>(),
            DateTimeOffset.Parse(each["recordedAt"]!.GetValue<string>(), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal),
            each["payload"]!["entity_id"]!.GetValue<string>(),
            (JsonObject)each["payload"]!["properties"]!))];
    }

    /// <summary>Reads the entities that there are, each with its properties in short.</summary>
    /// <param name="prefix">What the ids begin with.</param>
    public async Task<Dictionary<string, string>> ListAsync(string prefix)
    {
        var text = await _http.GetStringAsync($"api/state/entities?prefix={Uri.EscapeDataString(prefix)}", TestContext.Current.CancellationToken);
        return ((JsonArray)JsonNode.Parse(text)!).ToDictionary(
            entity => entity!["id"]!.GetValue<string>(), entity => InShort((JsonObject)entity!["properties"]!), StringComparer.Ordinal);
    }

    /// <summary>Writes properties as a row shows them.</summary>
    /// <param name="properties">The properties.</param>
    public static string InShort(JsonObject properties) => string.Join(' ', properties.Select(property => $"{property.Key} {property.Value!.ToJsonString()}"));

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static JsonObject Event(string entity, JsonObject properties, string source) => new()
    {
        ["stream"] = "tests",
        ["source"] = source,
        ["payload"] = new JsonObject { ["entity_id"] = entity, ["properties"] = properties },
    };
}
