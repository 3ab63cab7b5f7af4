using System.Text.Json.Nodes;

namespace Flux.Browser.Tests;

/// <summary>The view of the events as they come, and of one of them.</summary>
public sealed class StreamTests(SharedBrowser browser)
{
    public static readonly TheoryData<bool> Themes = [false, true];

    [Theory]
    [MemberData(nameof(Themes))]
    public async Task Events_go_by_and_one_of_them_leads_to_its_cause_and_its_effects(bool isDark)
    {
        var home = isDark ? "chain-night" : "chain-day";
        using var world = await WorldAsync();
        var tab = await browser.NewTabAsync(new TabManner { IsDark = isDark });
        await tab.GoAsync($"/stream?prefix={home}/", "Stream");
        await Assertions.Expect(tab.Page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();

        var smoke = await world.SetAsync($"{home}/detector", new JsonObject { ["smoke"] = true }, source: "detector");
        var alarm = await world.SetAsync($"{home}/alarm", new JsonObject { ["ringing"] = true }, source: "rule", cause: smoke);
        await world.SetAsync($"{home}/door", new JsonObject { ["open"] = true }, source: "doors", cause: alarm);

        await Assertions.Expect(Rows(tab)).ToHaveCountAsync(3);
        await Assertions.Expect(Rows(tab).First).ToContainTextAsync("open = true"); // the newest first
        await tab.LookAsync("stream");
        await Rows(tab).Filter(new() { HasText = $"{home}/alarm" }).GetByRole(AriaRole.Link).ClickAsync();
        await Assertions.Expect(tab.Page.GetByLabel("Payload", new() { Exact = true })).ToContainTextAsync("\"ringing\": true");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.List, new() { Name = "Causes" })).ToContainTextAsync($"{home}/detector, from detector");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.List, new() { Name = "Effects" })).ToContainTextAsync($"{home}/door, from doors");
        await tab.LookAsync("event");
        await tab.Page.GetByRole(AriaRole.List, new() { Name = "Causes" }).GetByRole(AriaRole.Link).ClickAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.List, new() { Name = "Effects" }).GetByRole(AriaRole.Listitem)).ToHaveCountAsync(2);
        await Assertions.Expect(tab.Page.GetByText("Nothing that was told.")).ToBeVisibleAsync();
        await tab.CloseAsync();
    }

    [Fact]
    public async Task A_pause_holds_the_picture_and_a_filter_leaves_out_the_rest()
    {
        using var world = await WorldAsync();
        var tab = await browser.NewTabAsync();
        await tab.GoAsync("/stream", "Stream");
        await tab.Page.GetByLabel("Id begins with").FillAsync("paused/");
        await tab.Page.GetByLabel("Only where (CEL)").FillAsync("properties.n > 10");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        await Assertions.Expect(tab.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("prefix=paused"));
        await Assertions.Expect(tab.Page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();

        await world.SetAsync("paused/small", new JsonObject { ["n"] = 1 });
        await world.SetAsync("paused/first", new JsonObject { ["n"] = 11 });
        await Assertions.Expect(Rows(tab)).ToHaveCountAsync(1);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Assertions.Expect(tab.Page.GetByText("Paused", new() { Exact = true })).ToBeVisibleAsync();
        await world.SetAsync("paused/second", new JsonObject { ["n"] = 12 });
        await Assertions.Expect(tab.Page.GetByText("1 since the pause")).ToBeVisibleAsync();
        await Assertions.Expect(Rows(tab)).ToHaveCountAsync(1);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Assertions.Expect(Rows(tab)).ToHaveCountAsync(2);
        await Assertions.Expect(tab.Page.GetByText("small")).ToHaveCountAsync(0);
        await tab.CloseAsync();
    }

    [Fact]
    public async Task Markup_is_shown_as_the_text_that_it_is()
    {
        using var world = await WorldAsync();
        var tab = await browser.NewTabAsync();
        await tab.GoAsync("/stream?prefix=markup-in-stream/", "Stream");
        await Assertions.Expect(tab.Page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();
        await world.SetAllAsync(Markup.Texts.Select(text => ($"markup-in-stream/{text}", new JsonObject { [text] = text })));
        await Assertions.Expect(Rows(tab)).ToHaveCountAsync(Markup.Texts.Length);

        var shown = await tab.Page.Locator(".stream tbody bdi").AllTextContentsAsync();

        Assert.All(Markup.Texts, text => Assert.Contains($"markup-in-stream/{text}", shown));
        Assert.All(Markup.Texts, text => Assert.Contains($"{text} = {text}", shown));

        var dangerous = Markup.Texts[0];
        await world.SetAsync("markup-in-stream/source", new JsonObject { [dangerous] = dangerous }, source: dangerous);
        await tab.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "markup-in-stream/source" }).GetByRole(AriaRole.Link).ClickAsync();
        await Assertions.Expect(tab.Page.GetByLabel("Payload", new() { Exact = true })).ToContainTextAsync(dangerous);
        Assert.Contains(dangerous, await tab.Page.Locator(".facts bdi").AllTextContentsAsync());
        await tab.CloseAsync();
    }

    private static ILocator Rows(ConsoleTab tab) => tab.Page.Locator(".stream tbody tr:has(td.position)");

    private async Task<World> WorldAsync() => new((await browser.ServerAsync()).Address);
}
