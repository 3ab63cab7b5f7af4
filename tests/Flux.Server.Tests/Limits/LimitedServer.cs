using Flux.Server.Tests.BadInput;
using Flux.Server.Tests.Contract;
using Flux.Server.Tests.Namespaces;

namespace Flux.Server.Tests.Limits;

/// <summary>A server with authentication on and a low rate, for the tests of this folder alone.</summary>
public sealed class LimitedServer : IAsyncLifetime
{
    internal const int EventsPerMinute = 30;

    internal ServerFixture Http { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Http.Environment["FLUX_AUTH_ENABLED"] = "true";
        Http.Environment["FLUX_ADMIN_TOKEN"] = OwnedServer.AdminToken;
        Http.Environment["FLUX_RATE_LIMIT_PER_NAMESPACE_PER_MINUTE"] = $"{EventsPerMinute}";
        await Http.StartAsync();
    }

    public ValueTask DisposeAsync() => Http.DisposeAsync();

    internal async Task<(string Name, string Header)> RegisterAsync()
    {
        var name = Wire.NewNamespace();
        var answer = await Http.PostAsync("/api/namespaces", $"{{\"name\":\"{name}\"}}", OwnedServer.AsOperator, "Content-Type: application/json");
        Assert.True(answer.Status == 200, $"{answer}");
        return (name, OwnedServer.As(answer.Json.Text("token")!));
    }

    internal Task<RawAnswer> PublishAsync(string id, string header) => Http.PostAsync("/api/events", Good.Event(id, "{\"n\":1}"), header);
}
