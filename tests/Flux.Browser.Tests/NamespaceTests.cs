using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Flux.Browser.Tests;

/// <summary>The view of namespaces, their tokens, limits and usage.</summary>
public sealed class NamespaceTests(SharedBrowser browser, OwnedWorld owned)
{
    public static readonly TheoryData<bool> Themes = [false, true];

    [Theory]
    [MemberData(nameof(Themes))]
    public async Task The_operator_registers_a_namespace_whose_token_is_shown_once_and_copied(bool isDark)
    {
        var name = isDark ? "new-night" : "new-day";
        var tab = await browser.NewTabAsync((await owned.ServerAsync()).Address, new TabManner { IsDark = isDark });
        await tab.GoAsync("/namespaces", "Namespaces");
        await Assertions.Expect(tab.Page.GetByText("The list is the operator's: Admin token required (admin_required).")).ToBeVisibleAsync();
        await tab.Page.GetByLabel("Name", new() { Exact = true }).FillAsync(name);
        await Button(tab, "Register").ClickAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Admin token required (admin_required)");

        await Button(tab, "Use a token").ClickAsync();
        await tab.Page.GetByRole(AriaRole.Textbox, new() { Name = "Token" }).FillAsync(OwnedWorld.AdminToken);
        await Button(tab, "Use it").ClickAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Region, new() { Name = "All namespaces" })).ToBeVisibleAsync();
        await Button(tab, "Register").ClickAsync();

        var token = tab.Page.GetByLabel("Token", new() { Exact = true });
        await Assertions.Expect(token).ToContainTextAsync("flux_admin_");
        var text = (await token.InnerTextAsync()).Trim();
        await Button(tab, "Copy").ClickAsync();
        await Assertions.Expect(Button(tab, "Copied")).ToBeVisibleAsync();
        await tab.Page.GetByLabel("Name", new() { Exact = true }).ClickAsync();
        await tab.Page.Keyboard.PressAsync("Control+V");
        await Assertions.Expect(tab.Page.GetByLabel("Name", new() { Exact = true })).ToHaveValueAsync(text);
        await Assertions.Expect(Row(tab, "Audit trail", "namespaces.registered").First).ToContainTextAsync("operator");
        await tab.LookAsync("namespaces");
        await Button(tab, "I have kept it").ClickAsync();
        await Assertions.Expect(token).ToHaveCountAsync(0);
        using (var world = new World((await owned.ServerAsync()).Address, text))
        {
            await world.SetAsync($"{name}/e", new JsonObject { ["n"] = 1 });
        }

        await Row(tab, "All namespaces", name).GetByRole(AriaRole.Link).ClickAsync();

        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = name, Level = 1 })).ToBeVisibleAsync();
        await Assertions.Expect(Fact(tab, "Entities")).ToHaveTextAsync("1");
        Assert.DoesNotContain(text, (await owned.ServerAsync()).Output, StringComparison.Ordinal);
        await tab.CloseAsync();
    }

    [Theory]
    [MemberData(nameof(Themes))]
    public async Task An_owner_issues_rotates_and_revokes_tokens(bool isDark)
    {
        var name = isDark ? "tokens-night" : "tokens-day";
        var owner = await owned.RegisterAsync(name);
        var tab = await owned.NewTabAsync(browser, owner, new TabManner { IsDark = isDark });
        await tab.GoAsync($"/namespaces?name={name}", name);
        await Assertions.Expect(tab.Page.GetByText("What the operator sets")).ToHaveCountAsync(0);

        await tab.Page.GetByLabel("Label", new() { Exact = true }).FillAsync("line 1");
        await tab.Page.GetByLabel("Only ids that begin with").FillAsync($"{name}/line-1/");
        await tab.Page.GetByLabel("Days until it ends").FillAsync("30");
        await Button(tab, "Issue").ClickAsync();
        var secret = tab.Page.GetByLabel("Token", new() { Exact = true });
        await Assertions.Expect(secret).ToContainTextAsync("flux_write_");
        using (var world = new World((await owned.ServerAsync()).Address, (await secret.InnerTextAsync()).Trim()))
        {
            await world.SetAsync($"{name}/line-1/robot", new JsonObject { ["n"] = 1 });
        }

        await Assertions.Expect(Row(tab, "Tokens", "line 1")).ToContainTextAsync($"{name}/line-1/");
        await Assertions.Expect(Row(tab, "Tokens", "line 1")).ToContainTextAsync("works");
        await Assertions.Expect(Fact(tab, "Tokens that work")).ToHaveTextAsync("2");
        await tab.LookAsync("namespace");

        await Row(tab, "Tokens", "line 1").GetByRole(AriaRole.Button, new() { Name = "Rotate" }).ClickAsync();
        await tab.Page.GetByLabel("Minutes for which the old one works").FillAsync("5");
        await tab.LookAsync("namespace-rotate");
        await tab.Page.Locator(".mud-dialog").GetByRole(AriaRole.Button, new() { Name = "Rotate", Exact = true }).ClickAsync();
        await Assertions.Expect(Row(tab, "Tokens", "replaced by tok_")).ToContainTextAsync("works until it expires");
        await Assertions.Expect(Row(tab, "Tokens", "line 1")).ToHaveCountAsync(2);
        using (var world = new World((await owned.ServerAsync()).Address, (await secret.InnerTextAsync()).Trim()))
        {
            await world.SetAsync($"{name}/line-1/robot", new JsonObject { ["n"] = 2 });
        }

        await Row(tab, "Tokens", "replaced by tok_").GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await Assertions.Expect(tab.Page.Locator(".mud-dialog")).ToContainTextAsync("shut out at once");
        await tab.Page.Locator(".mud-dialog").GetByRole(AriaRole.Button, new() { Name = "Revoke", Exact = true }).ClickAsync();
        await Assertions.Expect(Row(tab, "Tokens", "revoked 20")).ToHaveCountAsync(1);
        await Assertions.Expect(Fact(tab, "Tokens that work")).ToHaveTextAsync("2");

        await Assertions.Expect(Fact(tab, "Seen by")).ToHaveTextAsync("everybody");
        await tab.Page.GetByLabel("Private: only its tokens see what is in it").ClickAsync();
        await Assertions.Expect(Fact(tab, "Seen by")).ToHaveTextAsync("its tokens");
        await tab.Page.GetByLabel("Only ids that begin with").FillAsync("another/");
        await Button(tab, "Issue").ClickAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("entityPrefix: must start with the namespace");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("(invalid_field)");
        await tab.CloseAsync();
    }

    [Fact]
    public async Task The_operator_limits_suspends_and_takes_away_and_the_audit_trail_tells()
    {
        const string Name = "supervised";
        await owned.RegisterAsync(Name);
        var tab = await owned.NewTabAsync(browser, OwnedWorld.AdminToken, new TabManner { Height = 1500 });
        await tab.GoAsync($"/namespaces?name={Name}", Name);
        await Assertions.Expect(Fact(tab, "Events a minute allowed")).ToHaveTextAsync("10000");

        await tab.Page.GetByLabel("Events a minute", new() { Exact = true }).FillAsync("77");
        await tab.Page.GetByLabel("Entities", new() { Exact = true }).FillAsync("5");
        await Button(tab, "Save limits").ClickAsync();
        await Assertions.Expect(Fact(tab, "Events a minute allowed")).ToHaveTextAsync("77");
        await Assertions.Expect(Fact(tab, "Entities")).ToHaveTextAsync("0 of 5");
        await Button(tab, "Suspend").ClickAsync();
        await tab.Page.Locator(".mud-dialog").GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Assertions.Expect(tab.Page.Locator(".mud-dialog")).ToHaveCountAsync(0);
        await Assertions.Expect(Fact(tab, "State")).ToHaveTextAsync("active");
        await Button(tab, "Suspend").ClickAsync();
        await tab.Page.Locator(".mud-dialog").GetByRole(AriaRole.Button, new() { Name = "Suspend", Exact = true }).ClickAsync();
        await Assertions.Expect(Fact(tab, "State")).ToHaveTextAsync("suspended");
        await Assertions.Expect(Row(tab, "Audit trail", "namespaces.limits.changed")).ToContainTextAsync("\"eventsPerMinute\":77");
        await Assertions.Expect(Row(tab, "Audit trail", "namespaces.state.changed")).ToContainTextAsync("suspended");
        await tab.LookAsync("namespace-operator");

        await Button(tab, "Take it from its owner").ClickAsync();
        await tab.Page.Locator(".mud-dialog").GetByRole(AriaRole.Button, new() { Name = "Take it", Exact = true }).ClickAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Namespaces", Level = 1 })).ToBeVisibleAsync();
        await tab.GoAsync($"/namespaces?name={Name}", Name);
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Namespace not found (not_found)");
        await tab.CloseAsync();
    }

    [Fact]
    public async Task Usage_follows_what_happens()
    {
        const string Name = "used";
        var owner = await owned.RegisterAsync(Name);
        using var world = new World((await owned.ServerAsync()).Address, owner);
        var watcher = await owned.NewTabAsync(browser, owner);
        await watcher.GoAsync($"/?prefix={Name}/", "World");
        await Assertions.Expect(watcher.Page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();
        var tab = await owned.NewTabAsync(browser, owner);
        await tab.GoAsync($"/namespaces?name={Name}", Name);
        await Assertions.Expect(Fact(tab, "Sockets")).ToHaveTextAsync(new Regex("^[1-9][0-9]* of 1000 a silo$"));

        await world.SetAllAsync(Enumerable.Range(0, 50).Select(n => ($"{Name}/e{n}", new JsonObject { ["n"] = n })));

        await Assertions.Expect(Fact(tab, "Entities")).ToHaveTextAsync("50");
        await Assertions.Expect(Fact(tab, "Events a second")).Not.ToHaveTextAsync("0");
        await watcher.CloseAsync();
        await tab.CloseAsync();
    }

    [Fact]
    public async Task Strangers_see_what_everybody_sees_and_why_not_more()
    {
        const string Name = "foreign";
        await owned.RegisterAsync(Name);
        var other = await owned.RegisterAsync("foreigner");
        var tab = await owned.NewTabAsync(browser, other);
        await tab.GoAsync($"/namespaces?name={Name}", Name);

        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Token does not have permission to manage namespace 'foreign' (wrong_namespace)");
        await Assertions.Expect(Fact(tab, "Entities that you may see")).ToHaveTextAsync("0");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Region, new() { Name = "Tokens" })).ToHaveCountAsync(0);
        await tab.FinishAsync("namespace-foreign");
    }

    [Fact]
    public async Task Markup_is_shown_as_the_text_that_it_is()
    {
        const string Name = "markup-labels";
        await owned.RegisterAsync(Name);
        foreach (var text in Markup.Texts)
        {
            await owned.SendAsync(HttpMethod.Post, $"api/namespaces/{Name}/tokens", new JsonObject { ["scope"] = "read", ["label"] = text, ["entityPrefix"] = $"{Name}/{text}" });
        }

        var tab = await owned.NewTabAsync(browser, OwnedWorld.AdminToken);
        await tab.GoAsync($"/namespaces?name={Name}", Name);
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Region, new() { Name = "Tokens" }).Locator("tbody tr")).ToHaveCountAsync(Markup.Texts.Length + 1);
        var labels = await tab.Page.GetByRole(AriaRole.Region, new() { Name = "Tokens" }).Locator("tbody bdi").AllTextContentsAsync();
        var changes = string.Concat(await tab.Page.GetByRole(AriaRole.Region, new() { Name = "Audit trail" }).Locator("tbody bdi").AllTextContentsAsync());
        foreach (var text in Markup.Texts)
        {
            Assert.Contains(text, labels);
            Assert.Contains($"{Name}/{text}", labels);
            Assert.Contains(JsonValue.Create(text).ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })[1..^1], changes, StringComparison.Ordinal);
        }

        await tab.GoAsync($"/namespaces?name={Uri.EscapeDataString(Markup.Texts[0])}", Markup.Texts[0]);
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Namespace not found");
        await tab.CloseAsync();
    }

    [Fact]
    public async Task The_view_fits_on_a_phone()
    {
        const string Name = "small-screen";
        var owner = await owned.RegisterAsync(Name);
        var tab = await owned.NewTabAsync(browser, owner, new TabManner { Width = 390, Height = 800 });
        await tab.GoAsync($"/namespaces?name={Name}", Name);
        await Assertions.Expect(Row(tab, "Tokens", "first")).ToBeVisibleAsync();

        Assert.True(await tab.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the phone");
        await tab.FinishAsync("namespace-phone");
    }

    [Theory]
    [MemberData(nameof(Themes))]
    public async Task Without_authentication_it_says_so_and_how_to_turn_it_on(bool isDark)
    {
        var tab = await browser.NewTabAsync(new TabManner { IsDark = isDark });
        await tab.GoAsync("/namespaces", "Namespaces");

        await Assertions.Expect(tab.Page.GetByText("authentication is off: start the server with FLUX_AUTH_ENABLED=true")).ToBeVisibleAsync();
        await Assertions.Expect(Button(tab, "Register")).ToHaveCountAsync(0);
        await tab.FinishAsync("namespaces-off");
    }

    private static ILocator Button(ConsoleTab tab, string name) => tab.Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private static ILocator Row(ConsoleTab tab, string region, string text) =>
        tab.Page.GetByRole(AriaRole.Region, new() { Name = region, Exact = true }).Locator("tbody tr").Filter(new() { HasText = text });

    private static ILocator Fact(ConsoleTab tab, string name) =>
        tab.Page.Locator(".facts div").Filter(new() { Has = tab.Page.GetByText(name, new() { Exact = true }) }).Locator("dd");
}
