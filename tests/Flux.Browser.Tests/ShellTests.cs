using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flux.Testing.Processes;

namespace Flux.Browser.Tests;

/// <summary>What all views have in common: tokens, and servers that come and go.</summary>
public sealed class ShellTests(SharedBrowser browser)
{
    private const string AdminToken = "the-operator-of-the-browser-tests";

    [Fact]
    public async Task A_token_that_is_typed_in_opens_what_is_private_until_it_is_taken_away()
    {
        using var directory = new TemporaryDirectory();
        await using var server = await FluxProcess.StartAsync(
            new FluxProcessOptions
            {
                DataDirectory = directory.At("data"),
                Environment = new Dictionary<string, string> { ["FLUX_AUTH_ENABLED"] = "true", ["FLUX_ADMIN_TOKEN"] = AdminToken },
            },
            TimeProvider.System,
            TestContext.Current.CancellationToken);
        var token = await RegisterPrivateAsync(server.Address, "vault");
        using var world = new World(server.Address, token);
        await world.SetAsync("vault/gold", new JsonObject { ["bars"] = 7 });
        var tab = await browser.NewTabAsync(server.Address);
        await tab.GoAsync("/", "World");
        await Assertions.Expect(tab.Page.GetByText("Nothing here yet")).ToBeVisibleAsync();

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Use a token" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Textbox, new() { Name = "Token" }).FillAsync(token);
        await tab.LookAsync("token");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Use it" }).ClickAsync();

        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = "vault/gold" })).ToBeVisibleAsync();
        await Assertions.Expect(tab.Page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();
        await world.SetAsync("vault/gold", new JsonObject { ["bars"] = 8 });
        await Assertions.Expect(tab.Page.Locator(".changed")).ToHaveTextAsync("8");
        await tab.GoAsync("/", "World"); // another page of the same tab has it still
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = "vault/gold" })).ToBeVisibleAsync();
        Assert.DoesNotContain(token, tab.Page.Url, StringComparison.Ordinal);
        Assert.DoesNotContain(token, server.Output, StringComparison.Ordinal);

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Token in use" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Use none" }).ClickAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = "vault/gold" })).ToHaveCountAsync(0);
        await tab.CloseAsync();
    }

    [Fact]
    public async Task The_page_of_one_server_works_on_the_socket_of_another()
    {
        using var directory = new TemporaryDirectory();
        await using var other = await SharedBrowser.StartAsync(directory);
        using var world = new World(other.Address);
        await world.SetAsync("other-server/e", new JsonObject { ["n"] = 1 });
        var pages = (await browser.ServerAsync()).Address;
        var tab = await browser.NewTabAsync(other.Address);
        var fetched = 0;
        await tab.Page.RouteAsync("**/*", async route =>
        {
            Interlocked.Increment(ref fetched);
            await route.FulfillAsync(new() { Response = await route.FetchAsync(new() { Url = new Uri(pages, new Uri(route.Request.Url).PathAndQuery).ToString() }) });
        });

        await tab.GoAsync("/", "World");

        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = "other-server/e" })).ToBeVisibleAsync();
        Assert.True(fetched > 4, $"only {fetched} files came from the first server");
        await tab.CloseAsync();
    }

    [Fact]
    public async Task A_page_whose_server_was_lost_comes_back_with_it()
    {
        using var directory = new TemporaryDirectory();
        var server = await SharedBrowser.StartAsync(directory);
        using (var world = new World(server.Address))
        {
            await world.SetAsync("lasting/e", new JsonObject { ["n"] = 1 });
        }

        var tab = await browser.NewTabAsync(server.Address);
        await tab.GoAsync("/?prefix=lasting/", "World");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = "lasting/e" })).ToBeVisibleAsync();

        await server.DisposeAsync(); // killed
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The connection to Flux is lost");
        await using var again = await FluxProcess.StartAsync(server.Options with { Port = server.Port }, TimeProvider.System, TestContext.Current.CancellationToken);
        using var newWorld = new World(again.Address);
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        await Assertions.Expect(tab.Page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();
        await newWorld.SetAsync("lasting/e", new JsonObject { ["n"] = 2 });
        await Assertions.Expect(tab.Page.Locator(".changed")).ToHaveTextAsync("2");
    }

    [Fact]
    public async Task A_page_that_gets_no_socket_says_so()
    {
        var tab = await browser.NewTabAsync();
        await tab.Page.RouteWebSocketAsync("**/_blazor", socket => _ = socket.CloseAsync());

        await tab.Page.GotoAsync("/");

        await Assertions.Expect(tab.Page.GetByText("The console cannot open its WebSocket")).ToBeVisibleAsync();
    }

    private static async Task<string> RegisterPrivateAsync(Uri server, string name)
    {
        using var http = new HttpClient { BaseAddress = server };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminToken);
        using var registered = await http.PostAsJsonAsync("api/namespaces", new JsonObject { ["name"] = name }, TestContext.Current.CancellationToken);
        registered.EnsureSuccessStatusCode();
        using var hidden = await http.PutAsJsonAsync($"api/namespaces/{name}", new JsonObject { ["private"] = true }, TestContext.Current.CancellationToken);
        hidden.EnsureSuccessStatusCode();
        return JsonNode.Parse(await registered.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["token"]!.GetValue<string>();
    }
}
