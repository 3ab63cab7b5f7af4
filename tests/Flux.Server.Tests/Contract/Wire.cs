using System.Globalization;
using System.Text.Json;
using Flux.Server.Tests.BadInput;

namespace Flux.Server.Tests.Contract;

/// <summary>What the tests of the wire contract do over and over: new names, publish, read.</summary>
internal static class Wire
{
    public const string Entities = "/api/state/entities";

    private static readonly string Run = Guid.NewGuid().ToString("N")[..8];
    private static long _names;

    /// <summary>A namespace of its own for each test: the server is shared.</summary>
    public static string NewNamespace() => $"c{Run}-{Interlocked.Increment(ref _names).ToString(CultureInfo.InvariantCulture)}";

    public static string NewId() => $"{NewNamespace()}/e";

    public static async Task<JsonElement> PublishAsync(this ServerFixture server, string json)
    {
        var answer = await server.PostAsync("/api/events", json);
        Assert.True(answer.Status == 200, $"{answer}");
        return answer.Json;
    }

    public static Task<JsonElement> SetAsync(this ServerFixture server, string id, string properties) =>
        server.PublishAsync(Good.Event(id, properties));

    public static async Task<JsonElement> ReadAsync(this ServerFixture server, string id)
    {
        var answer = await server.GetAsync(RawRequest.EntityPath(id));
        Assert.True(answer.Status == 200, $"{answer}");
        return answer.Json;
    }

    public static async Task<bool> ExistsAsync(this ServerFixture server, string id)
    {
        var answer = await server.GetAsync(RawRequest.EntityPath(id));
        Assert.True(answer.Status is 200 or 404, $"{answer}");
        return answer.Status == 200;
    }

    public static async Task<List<JsonElement>> HistoryAsync(this ServerFixture server, string id, string more = "")
    {
        var answer = await server.GetAsync($"/api/events?entity={Uri.EscapeDataString(id)}{more}");
        Assert.True(answer.Status == 200, $"{answer}");
        return [.. answer.Json.EnumerateArray()];
    }

    public static async Task<List<string>> ListAsync(this ServerFixture server, string query)
    {
        var answer = await server.GetAsync($"{Entities}?{query}");
        Assert.True(answer.Status == 200, $"{answer}");
        return [.. answer.Json.EnumerateArray().Select(e => e.GetProperty("id").GetString()!).Order(StringComparer.Ordinal)];
    }

    public static string[] Members(this JsonElement json) => [.. json.EnumerateObject().Select(m => m.Name).Order(StringComparer.Ordinal)];

    public static string? Text(this JsonElement json, string member) => json.GetProperty(member).GetString();

    public static void AssertRefused(RawAnswer answer, int status, string? inText = null)
    {
        Assert.True(answer.Status == status, $"{status} expected: {answer}");
        Assert.Equal("application/json", answer.Header("Content-Type")?.Split(';')[0]);
        Assert.True(answer.Error is { Length: > 0 }, $"{answer}");
        if (inText is not null)
        {
            Assert.Contains(inText, answer.Error, StringComparison.Ordinal);
        }
    }
}
