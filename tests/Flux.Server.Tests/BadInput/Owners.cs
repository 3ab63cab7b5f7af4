using System.Text.Json;

namespace Flux.Server.Tests.BadInput;

/// <summary>Who owns what on the server that asks for tokens, as Authorization headers.</summary>
/// <param name="Acme">The owner of <c>acme</c>, the namespace of the good event.</param>
/// <param name="Probe">The owner of the namespace that no row uses.</param>
internal sealed record Owners(string Acme, string Probe)
{
    public const string Operator = "Authorization: Bearer the-operator-of-the-rows";

    /// <summary>Makes a server ask for tokens from its next start on.</summary>
    public static void Configure(ServerFixture server)
    {
        server.Environment["FLUX_AUTH_ENABLED"] = "true";
        server.Environment["FLUX_UNKNOWN_TOKENS_PER_MINUTE"] = "1000000"; // a row is repeated a thousand times
        server.Environment["FLUX_RATE_LIMIT_PER_NAMESPACE_PER_MINUTE"] = "1000000"; // all that is accepted is one namespace's
        server.Environment["FLUX_ADMIN_TOKEN"] = Operator["Authorization: Bearer ".Length..];
    }

    public static async Task<Owners> RegisterAsync(ServerFixture server) =>
        new(await RegisterAsync(server, "acme"), await RegisterAsync(server, "probe"));

    /// <summary>Registers a namespace.</summary>
    /// <returns>Its owner's header.</returns>
    public static async Task<string> RegisterAsync(ServerFixture server, string name)
    {
        var answer = await server.PostAsync("/api/namespaces", $"{{\"name\":{JsonSerializer.Serialize(name)}}}", Operator);
        Assert.True(answer.Status == 200, $"the registration of {name}: {answer}");
        return Header(answer.Json.GetProperty("token").GetString()!);
    }

    public static string Header(string token) => $"Authorization: Bearer {token}";
}
