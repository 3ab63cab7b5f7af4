using System.Text.Json.Nodes;

namespace Flux.Browser.Tests;

/// <summary>The view of one entity.</summary>
public sealed class EntityTests(SharedBrowser browser)
{
    public static readonly TheoryData<bool> Themes = [false, true];

    [Theory]
    [MemberData(nameof(Themes))]
    public async Task Properties_charts_and_who_wrote_them_follow_the_events(bool isDark)
    {
        var id = isDark ? "boiler/night" : "boiler/day";
        using var world = await WorldAsync();
        foreach (var celsius in (double[])[20, 22.5, 31, 28])
        {
            await world.SetAsync(id, new JsonObject { ["celsius"] = celsius, ["mode"] = "heat", ["on"] = true, ["parts"] = new JsonArray(1, 2) }, source: "thermometer");
        }

        var tab = await browser.NewTabAsync(new TabManner { IsDark = isDark });
        await tab.GoAsync($"/?prefix={Uri.EscapeDataString(id)}", "World");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = id, Exact = true }).ClickAsync();

        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = id, Level = 1 })).ToBeVisibleAsync();
        await Assertions.Expect(Property(tab, "celsius")).ToContainTextAsync("28");
        await Assertions.Expect(Property(tab, "celsius")).ToContainTextAsync("number");
        await Assertions.Expect(Property(tab, "celsius")).ToContainTextAsync("thermometer, version 4");
        await Assertions.Expect(Property(tab, "parts")).ToContainTextAsync("[1,2]");
        await Assertions.Expect(Fact(tab, "Last event by")).ToHaveTextAsync("thermometer");
        var chart = tab.Page.GetByRole(AriaRole.Img, new() { Name = "celsius:" });
        await Assertions.Expect(chart).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex("least 20, greatest 31, at the end 28$"));
        await Assertions.Expect(tab.Page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();

        await world.SetAsync(id, new JsonObject { ["celsius"] = 44 }, source: "night-shift");

        await Assertions.Expect(Property(tab, "celsius").Locator(".changed")).ToHaveTextAsync("44");
        await Assertions.Expect(Property(tab, "celsius")).ToContainTextAsync("night-shift, version 5");
        await Assertions.Expect(Property(tab, "mode")).ToContainTextAsync("thermometer, version 4");
        await Assertions.Expect(Fact(tab, "Version")).ToHaveTextAsync("5");
        await Assertions.Expect(chart).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex("greatest 44, at the end 44$"));
        await tab.Page.GetByText("JSON", new() { Exact = true }).ClickAsync();
        await Assertions.Expect(tab.Page.GetByLabel("JSON", new() { Exact = true })).ToContainTextAsync("\"celsius\": 44");
        await tab.FinishAsync("entity");
    }

    [Fact]
    public async Task The_slider_shows_it_as_it_was_and_now_brings_it_back()
    {
        using var world = await WorldAsync();
        await world.SetAsync("slide/door", new JsonObject { ["open"] = "first" });
        await world.SetAsync("slide/door", new JsonObject { ["open"] = "second" });
        var tab = await browser.NewTabAsync();
        await tab.GoAsync("/entity?id=slide/door", "slide/door"); // a slash that is not encoded, as people type it
        await Assertions.Expect(Property(tab, "open")).ToContainTextAsync("second");

        var slider = tab.Page.GetByLabel("As it was at");
        await slider.FillAsync("0");

        await Assertions.Expect(Property(tab, "open")).ToContainTextAsync("first");
        await Assertions.Expect(Fact(tab, "Version")).ToHaveTextAsync("1");
        await Assertions.Expect(Fact(tab, "State")).ToHaveTextAsync("As it was");
        await world.SetAsync("slide/door", new JsonObject { ["open"] = "third" });
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Now" }).ClickAsync();
        await Assertions.Expect(Property(tab, "open")).ToContainTextAsync("third");
        await Assertions.Expect(Fact(tab, "State")).ToHaveTextAsync("Live");
        await tab.CloseAsync();
    }

    [Fact]
    public async Task A_moment_is_in_the_address_and_can_be_typed()
    {
        using var world = await WorldAsync();
        await world.SetAsync("typed/door", new JsonObject { ["open"] = "first" });
        var tab = await browser.NewTabAsync();

        await tab.GoAsync("/entity?id=typed/door&at=2020-01-01T00:00:07Z", "typed/door");
        await Assertions.Expect(tab.Page.GetByText("It did not exist then.")).ToBeVisibleAsync();
        var moment = tab.Page.GetByLabel("Moment (UTC)");
        await Assertions.Expect(moment).ToHaveValueAsync("2020-01-01T00:00:07");

        await moment.FillAsync(string.Empty);
        await Assertions.Expect(Property(tab, "open")).ToContainTextAsync("first");
        await Assertions.Expect(Fact(tab, "State")).ToHaveTextAsync("Live");
        await moment.FillAsync("2021-02-03T04:05:06");
        await Assertions.Expect(tab.Page.GetByText("It did not exist then.")).ToBeVisibleAsync();
        await Assertions.Expect(tab.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("at=2021-02-03T04%3A05%3A06"));

        await tab.GoAsync("/entity?id=typed/door&at=yesterday", "typed/door");
        await Assertions.Expect(tab.Page.GetByText("at: must be a date and time")).ToBeVisibleAsync();
        await tab.CloseAsync();
    }

    [Theory]
    [MemberData(nameof(Themes))]
    public async Task Claims_what_expires_and_what_its_states_were_are_shown(bool isDark)
    {
        var id = isDark ? "press/night" : "press/day";
        using var world = await WorldAsync();
        foreach (var state in (string[])["idle", "heating", "heating", "idle"])
        {
            await world.SetAsync(id, new JsonObject { ["mode"] = state, ["ready"] = state == "idle" });
        }

        await world.PostAsync("api/events", new JsonObject
        {
            ["stream"] = "tests",
            ["source"] = "browser-tests",
            ["payload"] = new JsonObject { ["entity_id"] = id, ["properties"] = new JsonObject { ["note"] = "short-lived" } },
            ["property_ttl"] = new JsonObject { ["note"] = 3600 },
            ["ttl"] = 7200,
        });
        await world.PostAsync("api/claims", new JsonObject { ["entity_id"] = id, ["owner"] = "robot-7", ["ttl"] = 600 });
        var invoice = await world.PostAsync("api/claims", new JsonObject { ["entity_id"] = id, ["key"] = "invoice", ["owner"] = "clerk", ["ttl"] = 600 });

        var tab = await browser.NewTabAsync(new TabManner { IsDark = isDark });
        await tab.GoAsync($"/entity?id={Uri.EscapeDataString(id)}", id);

        var claims = tab.Page.GetByRole(AriaRole.Region, new() { Name = "Claims" }).Locator("tbody tr");
        await Assertions.Expect(claims).ToHaveCountAsync(2);
        await Assertions.Expect(claims.Filter(new() { HasText = "the entity" })).ToContainTextAsync("robot-7");
        await Assertions.Expect(claims.Filter(new() { HasText = "invoice" })).ToContainTextAsync(invoice["token"]!.ToJsonString());
        await Assertions.Expect(tab.Page.Locator(".properties tbody th", new() { HasText = "$claim" })).ToHaveCountAsync(0);
        await Assertions.Expect(Property(tab, "note")).ToContainTextAsync("until 20");
        await Assertions.Expect(Fact(tab, "Is deleted (UTC)")).ToContainTextAsync("20");
        var mode = tab.Page.GetByRole(AriaRole.Img, new() { Name = "mode:" });
        await Assertions.Expect(mode).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex("2 values, at the end idle$"));
        await Assertions.Expect(mode.Locator("rect")).ToHaveCountAsync(3); // two that say the same are one
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.List, new() { Name = "Values of mode" }).GetByRole(AriaRole.Listitem)).ToHaveTextAsync(["idle", "heating"]);

        await world.PostAsync("api/claims/release", new JsonObject { ["entity_id"] = id, ["key"] = "invoice", ["token"] = invoice["token"]!.DeepClone() });
        await Assertions.Expect(claims).ToHaveCountAsync(1);
        await world.SetAsync(id, new JsonObject { ["mode"] = "broken" });
        await Assertions.Expect(mode).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex("3 values, at the end broken$"));
        await tab.LookAsync("entity-states");

        await tab.Page.GetByRole(AriaRole.Figure).Filter(new() { HasText = "heating" }).GetByText("Changes", new() { Exact = true }).ClickAsync();
        var table = await tab.Page.RunAndWaitForDownloadAsync(() => tab.Page.GetByRole(AriaRole.Button, new() { Name = "CSV" }).ClickAsync());
        var lines = await File.ReadAllLinesAsync((await table.PathAsync())!, TestContext.Current.CancellationToken);
        Assert.Equal(6, lines.Length); // headings, and what was said four times and once more
        Assert.Contains("broken", lines[^1], StringComparison.Ordinal);
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Replay this" }).ClickAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Replay", Level = 1 })).ToBeVisibleAsync();
        await tab.CloseAsync();
    }

    [Fact]
    public async Task Markup_and_large_values_are_shown_as_the_text_that_they_are()
    {
        using var world = await WorldAsync();
        const string Digits = "9007199254740993";
        foreach (var text in Markup.Texts)
        {
            await world.SetAsync($"markup-of/{text}", new JsonObject { [text] = text, ["number " + text] = 1 }, source: text);
        }

        await world.SetAsync("markup-of/large", new JsonObject { ["exact"] = JsonNode.Parse(Digits), ["zero"] = JsonNode.Parse("-0"), ["long"] = new string('x', 100_000), ["rtl"] = "\u202Eabc" });
        var tab = await browser.NewTabAsync();
        foreach (var text in Markup.Texts)
        {
            await tab.GoAsync($"/entity?id={Uri.EscapeDataString("markup-of/" + text)}", "markup-of/" + text);
            await Assertions.Expect(tab.Page.Locator(".properties tbody tr")).ToHaveCountAsync(2);
            Assert.Contains(text, await tab.Page.Locator(".properties tbody th").AllTextContentsAsync());
            Assert.Contains(text, await tab.Page.Locator(".properties .value").AllTextContentsAsync());
            Assert.Equal([text, "number " + text], (await tab.Page.Locator("figcaption").AllTextContentsAsync()).OrderBy(name => name.Length));
            Assert.Equal([text], await tab.Page.Locator(".states bdi").AllTextContentsAsync());
            await Assertions.Expect(Fact(tab, "Last event by")).ToHaveTextAsync(text);
            await Assertions.Expect(tab.Page).ToHaveTitleAsync($"markup-of/{text} · Flux");
        }

        await tab.GoAsync("/entity?id=markup-of%2Flarge", "markup-of/large");
        await Assertions.Expect(Property(tab, "exact")).ToContainTextAsync(Digits);
        await Assertions.Expect(Property(tab, "zero")).ToContainTextAsync("-0");
        var value = Property(tab, "long").Locator(".value");
        Assert.InRange((await value.InnerTextAsync()).Length, 100, 400);
        await Property(tab, "long").GetByRole(AriaRole.Button, new() { Name = "More" }).ClickAsync();
        await Assertions.Expect(value).ToHaveTextAsync(new string('x', 100_000));
        await tab.CloseAsync();
    }

    [Fact]
    public async Task An_entity_that_does_not_exist_appears_with_its_first_event_and_goes_with_its_deletion()
    {
        using var world = await WorldAsync();
        var tab = await browser.NewTabAsync();
        await tab.GoAsync("/entity?id=later%2Fe", "later/e");
        await Assertions.Expect(tab.Page.GetByText("There is no such entity.")).ToBeVisibleAsync();

        await world.SetAsync("later/e", new JsonObject { ["n"] = 12 });
        await Assertions.Expect(Property(tab, "n")).ToContainTextAsync("12");
        await world.SetAsync("later/e", new JsonObject { ["__deleted__"] = true });
        await Assertions.Expect(tab.Page.GetByText("There is no such entity.")).ToBeVisibleAsync();

        await tab.CloseAsync();
    }

    private static ILocator Property(ConsoleTab tab, string name) =>
        tab.Page.Locator(".properties tbody tr").Filter(new() { Has = tab.Page.GetByRole(AriaRole.Rowheader, new() { Name = name, Exact = true }) });

    private static ILocator Fact(ConsoleTab tab, string name) =>
        tab.Page.Locator(".facts div").Filter(new() { Has = tab.Page.GetByText(name, new() { Exact = true }) }).Locator("dd");

    private async Task<World> WorldAsync() => new((await browser.ServerAsync()).Address);
}
