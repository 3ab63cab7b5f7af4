using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flux.Testing.Processes;

namespace Flux.Browser.Tests;

/// <summary>One server with authentication on for all tests that need one, started when the first of them asks, and what its operator does there.</summary>
public sealed class OwnedWorld : IAsyncDisposable
{
    /// <summary>The operator's token.</summary>
    public const string AdminToken = "the-operator-of-the-owned-world";

    private readonly TemporaryDirectory _directory = new();
    private readonly Lazy<Task<FluxProcess>> _server;

    /// <summary>Initializes a new instance of the <see cref="OwnedWorld"/> class; nothing is started.</summary>
    public OwnedWorld() => _server = new(StartAsync);

    /// <summary>Gets the server.</summary>
    public Task<FluxProcess> ServerAsync() => _server.Value;

    /// <summary>Opens a tab that has a token already.</summary>
    /// <param name="browser">The browser.</param>
    /// <param name="token">The token; null for none.</param>
    /// <param name="manner">How; null for the usual.</param>
    public async Task<ConsoleTab> NewTabAsync(SharedBrowser browser, string? token, TabManner? manner = null)
    {
        var tab = await browser.NewTabAsync((await ServerAsync()).Address, manner);
        if (token is not null)
        {
            await tab.Page.AddInitScriptAsync($"sessionStorage.setItem('flux.token', {JsonSerializer.Serialize(token)})");
        }

        return tab;
    }

    /// <summary>Registers a namespace.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Its first token, of scope admin.</returns>
    public async Task<string> RegisterAsync(string name) =>
        (await SendAsync(HttpMethod.Post, "api/namespaces", new JsonObject { ["name"] = name }))!["token"]!.GetValue<string>();

    /// <summary>Asks for something as the operator.</summary>
    /// <param name="method">The method.</param>
    /// <param name="target">Path and query.</param>
    /// <param name="body">The body; null for none.</param>
    /// <returns>The answer.</returns>
    public async Task<JsonNode?> SendAsync(HttpMethod method, string target, JsonObject? body = null)
    {
        using var http = new HttpClient { BaseAddress = (await ServerAsync()).Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminToken);
        using var request = new HttpRequestMessage(method, new Uri(target, UriKind.Relative)) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
        {
            await (await _server.Value).DisposeAsync();
        }

        _directory.Dispose();
    }

    private Task<FluxProcess> StartAsync()
    {
        Chromium.Need();
        return FluxProcess.StartAsync(
            new FluxProcessOptions
            {
                DataDirectory = _directory.At("data"),
                Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["FLUX_AUTH_ENABLED"] = "true", ["FLUX_ADMIN_TOKEN"] = AdminToken },
            },
            TimeProvider.System,
            TestContext.Current.CancellationToken);
    }
}
