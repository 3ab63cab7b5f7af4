using System.Text.Json;
using Flux.Server.Tests.BadInput;
using Flux.Server.Tests.Contract;

[assembly: AssemblyFixture(typeof(Flux.Server.Tests.Namespaces.OwnedServer))]

namespace Flux.Server.Tests.Namespaces;

/// <summary>A server with authentication on, and what its clients send over and over.</summary>
public sealed class OwnedServer : IAsyncLifetime
{
    internal const string AdminToken = "the-operator-of-the-tests";

    internal static readonly string AsOperator = $"Authorization: Bearer {AdminToken}";

    internal ServerFixture Http { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Http.Environment["FLUX_AUTH_ENABLED"] = "true";
        Http.Environment["FLUX_ADMIN_TOKEN"] = AdminToken;
        await Http.StartAsync();
    }

    public ValueTask DisposeAsync() => Http.DisposeAsync();

    internal static string As(string token) => $"Authorization: Bearer {token}";

    /// <summary>Registers a namespace.</summary>
    /// <returns>Its name and its first token.</returns>
    internal async Task<(string Name, string Token)> RegisterAsync(string? name = null)
    {
        name ??= Wire.NewNamespace();
        var answer = await Http.PostAsync("/api/namespaces", $"{{\"name\":{JsonSerializer.Serialize(name)}}}", AsOperator, "Content-Type: application/json");
        Assert.True(answer.Status == 200, $"{answer}");
        return (name, answer.Json.Text("token")!);
    }

    internal Task<RawAnswer> PublishAsync(string id, string? authorization, string properties = "{\"n\":1}") =>
        Http.PostAsync("/api/events", Good.Event(id, properties), authorization is null ? [] : [authorization]);

    internal Task<RawAnswer> PostJsonAsync(string target, string json, params string[] headers) =>
        Http.PostAsync(target, json, ["Content-Type: application/json", .. headers]);
}
