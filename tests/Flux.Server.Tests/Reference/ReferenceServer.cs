using System.Text;
using System.Text.Json.Nodes;
using Flux.Server.Tests.Namespaces;

namespace Flux.Server.Tests.Reference;

/// <summary>A server as the examples of the documents expect it: authentication is on, and nobody but them has written to the namespace <c>home</c>.</summary>
public sealed class ReferenceServer : IAsyncLifetime
{
    private readonly OwnedServer _server = new();

    internal int Port => _server.Http.Port;

    internal string HomeToken { get; private set; } = string.Empty;

    public async ValueTask InitializeAsync()
    {
        await _server.InitializeAsync();
        HomeToken = (await _server.RegisterAsync("home")).Token;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>Sends a request with the token that its operation asks for.</summary>
    internal Task<RawAnswer> SendAsync(string method, string target, string? body, JsonNode? security)
    {
        var schemes = security is JsonArray all ? all.SelectMany(one => one!.AsObject()).Select(one => one.Key).ToList() : [];
        string[] headers =
        [
            .. schemes.Contains("adminToken") ? [OwnedServer.AsOperator] : schemes.Contains("namespaceToken") ? [OwnedServer.As(HomeToken)] : Array.Empty<string>(),
            .. body is null ? Array.Empty<string>() : ["Content-Type: application/json"],
        ];
        return _server.Http.SendAsync(body is null ? RawRequest.Of(method, target, headers) : RawRequest.With(method, target, Encoding.UTF8.GetBytes(body), headers));
    }

    internal async Task<ApiDocument> ReadAsync(string path)
    {
        var answer = await _server.Http.GetAsync(path);
        Assert.True(answer.Status == 200, $"{answer}");
        Assert.Equal("application/json", answer.Header("Content-Type"));
        return new ApiDocument(answer.Text);
    }

    internal async Task PublishAsync(string id, string properties)
    {
        var answer = await _server.PublishAsync(id, OwnedServer.As(HomeToken), properties);
        Assert.True(answer.Status == 200, $"{answer}");
    }

    internal Task<RawHttp> ConnectAsync() => _server.Http.ConnectAsync();
}
