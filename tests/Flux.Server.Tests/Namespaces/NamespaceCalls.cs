using System.Text.Json;
using Flux.Server.Tests.Contract;

namespace Flux.Server.Tests.Namespaces;

/// <summary>What the tests do to namespaces over and over.</summary>
internal static class NamespaceCalls
{
    public static async Task<(string Name, string Token)> RegisterPrivateAsync(this OwnedServer server)
    {
        var (name, token) = await server.RegisterAsync();
        await server.PutAsync($"/api/namespaces/{name}", """{"private":true}""", OwnedServer.As(token));
        return (name, token);
    }

    /// <summary>Issues a token.</summary>
    /// <returns>Its id and its text.</returns>
    public static async Task<(string Id, string Token)> IssueAsync(this OwnedServer server, string name, string request = """{"scope":"read"}""")
    {
        var answer = await server.PostJsonAsync($"/api/namespaces/{name}/tokens", request, OwnedServer.AsOperator);
        Assert.True(answer.Status == 200, $"{answer}");
        return (answer.Json.Text("id")!, answer.Json.Text("token")!);
    }

    /// <summary>What the operator changes.</summary>
    public static Task<JsonElement> AdministerAsync(this OwnedServer server, string name, string change) =>
        server.PutAsync($"/api/admin/namespaces/{name}", change, OwnedServer.AsOperator);

    public static async Task<JsonElement> PutAsync(this OwnedServer server, string target, string json, string authorization)
    {
        var answer = await server.Http.SendAsync(RawRequest.With("PUT", target, RawRequest.Bytes(json), authorization));
        Assert.True(answer.Status == 200, $"{answer}");
        return answer.Json;
    }

    public static async Task<JsonElement> SetAsync(this OwnedServer server, string id, string token, string properties = "{\"n\":1}")
    {
        var answer = await server.PublishAsync(id, OwnedServer.As(token), properties);
        Assert.True(answer.Status == 200, $"{answer}");
        return answer.Json;
    }

    /// <summary>Opens a socket with a token, or with none.</summary>
    /// <returns>The socket, whose subscriptions are in force.</returns>
    public static async Task<RawWebSocket> OpenSocketAsync(this OwnedServer server, string? token, params string[] patterns)
    {
        var socket = await RawWebSocket.OpenAsync(server.Http.Port, "/api/ws", token is null ? [] : [OwnedServer.As(token)]);
        foreach (var pattern in patterns)
        {
            await socket.SubscribeAsync(pattern);
        }

        await socket.RoundTripAsync();
        return socket;
    }
}
