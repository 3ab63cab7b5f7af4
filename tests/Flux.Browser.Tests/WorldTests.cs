using System.Diagnostics;
using System.Text.Json.Nodes;
using Flux.Testing.Processes;

namespace Flux.Browser.Tests;

/// <summary>The view of the world.</summary>
public sealed class WorldTests(SharedBrowser browser)
{
    public static readonly TheoryData<bool> Themes = [false, true];

    [Fact]
    public async Task An_empty_world_shows_a_command_that_works_as_typed_and_what_it_publishes_at_once()
    {
        using var directory = new TemporaryDirectory();
        await using var server = await SharedBrowser.StartAsync(directory);
        var tab = await browser.NewTabAsync(server.Address);
        await tab.GoAsync("/", "World");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Nothing here yet" })).ToBeVisibleAsync();
        var command = await tab.Page.GetByLabel("Command").InnerTextAsync();
        await Assertions.Expect(tab.Page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();

        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", command]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, shell.ExitCode);
        var lamp = Row(tab, "home/lamp");
        await Assertions.Expect(lamp).ToContainTextAsync("brightness");
        await Assertions.Expect(lamp).ToContainTextAsync("80");
        await tab.FinishAsync("world-first");
    }

    [Theory]
    [MemberData(nameof(Themes))]
    public async Task A_value_changes_before_the_eyes_without_a_reload(bool isDark)
    {
        var tab = await browser.NewTabAsync(new TabManner { IsDark = isDark });
        var home = isDark ? "night" : "day";
        using var world = await WorldAsync();
        await world.SetAsync($"{home}/cellar/pump", new JsonObject { ["running"] = true });
        await world.SetAsync($"{home}/kitchen/oven", new JsonObject { ["celsius"] = 180.5, ["mode"] = "bake" });
        await tab.GoAsync($"/?prefix={home}/", "World");
        var oven = Row(tab, $"{home}/kitchen/oven");
        await Assertions.Expect(oven).ToContainTextAsync("180.5");
        await Assertions.Expect(oven.Locator(".changed")).ToHaveCountAsync(0);
        await Assertions.Expect(tab.Page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();

        await world.SetAsync($"{home}/kitchen/oven", new JsonObject { ["celsius"] = 205 });
        await Assertions.Expect(oven.Locator(".changed")).ToHaveTextAsync("205");
        await Assertions.Expect(oven).Not.ToContainTextAsync("180.5");
        await Assertions.Expect(oven).ToContainTextAsync("bake");

        await world.SetAsync($"{home}/porch", new JsonObject { ["lit"] = false });
        await Assertions.Expect(Row(tab, $"{home}/porch")).ToContainTextAsync("lit");
        await world.SetAsync($"{home}/porch", new JsonObject { ["__deleted__"] = true });
        await Assertions.Expect(tab.Page.Locator("tr.gone")).ToContainTextAsync($"{home}/porch");
        await tab.FinishAsync("world");
    }

    [Fact]
    public async Task A_person_goes_down_by_the_parts_of_ids_and_comes_back()
    {
        var tab = await browser.NewTabAsync();
        using var world = await WorldAsync();
        await world.SetAllAsync(
        [
            ("depot/line-1/press", new JsonObject { ["n"] = 1 }), ("depot/line-1/saw", new JsonObject { ["n"] = 2 }),
            ("depot/line-2/press", new JsonObject { ["n"] = 3 }), ("depot/gate", new JsonObject { ["n"] = 4 }),
        ]);
        await tab.GoAsync("/", "World");

        await Folder(tab, "depot/").ClickAsync();
        await Assertions.Expect(Row(tab, "depot/gate")).ToBeVisibleAsync();
        await Folder(tab, "line-1/").ClickAsync();
        await Assertions.Expect(Row(tab, "depot/line-1/saw")).ToBeVisibleAsync();
        await Assertions.Expect(Row(tab, "depot/line-2/press")).ToHaveCountAsync(0);
        await tab.Page.GetByRole(AriaRole.Navigation, new() { Name = "Path" }).GetByRole(AriaRole.Link, new() { Name = "depot/" }).ClickAsync();
        await Assertions.Expect(Row(tab, "depot/line-2/press")).ToBeVisibleAsync();

        await tab.CloseAsync();
    }

    [Fact]
    public async Task A_search_by_the_beginning_of_ids_and_a_condition_shows_what_fulfils_both()
    {
        var tab = await browser.NewTabAsync();
        using var world = await WorldAsync();
        await world.SetAllAsync(Enumerable.Range(1, 9).Select(n => ($"tanks/t{n}", new JsonObject { ["level"] = n * 10 })));
        await tab.GoAsync("/", "World");

        await tab.Page.GetByLabel("Id begins with").FillAsync("tanks/t");
        await tab.Page.GetByLabel("Only where (CEL)").FillAsync("properties.level > 70");
        await tab.Page.GetByLabel("Only where (CEL)").PressAsync("Enter");
        await Assertions.Expect(Rows(tab)).ToHaveCountAsync(2);
        await Assertions.Expect(Row(tab, "tanks/t8")).ToBeVisibleAsync();

        await Assertions.Expect(tab.Page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();
        await world.SetAsync("tanks/t8", new JsonObject { ["level"] = 5 });
        await Assertions.Expect(Rows(tab)).ToHaveCountAsync(1); // it fulfils the condition no longer

        await tab.Page.GetByLabel("Only where (CEL)").FillAsync("properties.level >");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("where:");
        await tab.CloseAsync();
    }

    [Fact]
    public async Task A_large_world_comes_in_pages_and_only_what_is_seen_is_drawn()
    {
        var tab = await browser.NewTabAsync();
        using var world = await WorldAsync();
        await world.SetAllAsync(Enumerable.Range(0, 450).Select(n => ($"crowd/e{n:000}", new JsonObject { ["n"] = n })));
        await tab.GoAsync("/?prefix=crowd/", "World");
        await Assertions.Expect(Row(tab, "crowd/e004")).ToBeVisibleAsync(); // the first comes alone, to be measured
        Assert.InRange(await Rows(tab).CountAsync(), 5, 60);

        await tab.Page.GetByRole(AriaRole.Region, new() { Name = "Entities" }).EvaluateAsync("region => region.scrollTop = region.scrollHeight");
        await Assertions.Expect(Row(tab, "crowd/e199")).ToBeVisibleAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await Assertions.Expect(Row(tab, "crowd/e200")).ToBeVisibleAsync();
        await Assertions.Expect(tab.Page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();
        await world.SetAsync("crowd/e201", new JsonObject { ["n"] = 77777 });
        await Assertions.Expect(Row(tab, "crowd/e201").Locator(".changed")).ToHaveTextAsync("77777");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Previous" }).ClickAsync();
        await Assertions.Expect(Row(tab, "crowd/e000")).ToBeVisibleAsync();
        await tab.CloseAsync();
    }

    [Fact]
    public async Task All_that_a_prefix_and_a_condition_leave_can_be_taken_along_as_one_table()
    {
        var tab = await browser.NewTabAsync();
        using var world = await WorldAsync();
        await world.SetAllAsync(Enumerable.Range(0, 2100).Select(n => ($"table/e{n:0000}", new JsonObject { ["n"] = n, ["formula"] = "=1" })));
        await tab.GoAsync($"/?prefix=table/&where={Uri.EscapeDataString("properties.n >= 100")}", "World");

        var file = await tab.Page.RunAndWaitForDownloadAsync(() => tab.Page.GetByRole(AriaRole.Button, new() { Name = "CSV" }).ClickAsync());
        var lines = await File.ReadAllLinesAsync(await file.PathAsync(), TestContext.Current.CancellationToken);

        Assert.Equal("entities.csv", file.SuggestedFilename);
        Assert.Equal("id,version,lastUpdated,properties", lines[0]);
        Assert.Equal(Enumerable.Range(100, 2000).Select(n => $"table/e{n:0000}"), lines.Skip(1).Select(line => line.Split(',')[0]));
        await tab.CloseAsync();
    }

    [Fact]
    public async Task Markup_is_shown_as_the_text_that_it_is()
    {
        var tab = await browser.NewTabAsync();
        using var world = await WorldAsync();
        await world.SetAllAsync(Markup.Texts.Select(text => ($"markup/{text}", new JsonObject { [text] = text })));

        await tab.GoAsync("/?prefix=markup%2F", "World");

        foreach (var text in Markup.Texts)
        {
            var row = Row(tab, $"markup/{text}");
            await row.ScrollIntoViewIfNeededAsync();
            Assert.Equal(text, await row.Locator(".name").EvaluateAsync<string>("name => name.textContent"));
            Assert.Equal(text, await row.Locator(".value").EvaluateAsync<string>("value => value.textContent"));
        }

        await tab.GoAsync($"/?prefix={Uri.EscapeDataString("<img src=x onerror=alert(1)>")}&where={Uri.EscapeDataString("</script><svg onload=alert(1)>")}", "World");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("where:");
        await tab.CloseAsync();
    }

    [Theory]
    [MemberData(nameof(Themes))]
    public async Task On_a_phone_the_menu_waits_behind_its_button(bool isDark)
    {
        var tab = await browser.NewTabAsync(new TabManner { IsDark = isDark, Width = 390, Height = 800 });
        using var world = await WorldAsync();
        await world.SetAsync("phone/e", new JsonObject { ["n"] = 1 });
        await tab.GoAsync("/?prefix=phone/", "World");
        await Assertions.Expect(Row(tab, "phone/e")).ToBeVisibleAsync();
        var link = tab.Page.GetByRole(AriaRole.Navigation, new() { Name = "Views" }).GetByRole(AriaRole.Link, new() { Name = "World" });
        await Assertions.Expect(link).Not.ToBeInViewportAsync();
        Assert.True(await tab.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the phone");

        var menu = tab.Page.GetByRole(AriaRole.Button, new() { Name = "Menu" });
        await Assertions.Expect(menu).ToHaveAttributeAsync("aria-expanded", "false");

        await menu.ClickAsync();

        await Assertions.Expect(link).ToBeInViewportAsync();
        await link.ClickAsync();
        await Assertions.Expect(link).Not.ToBeInViewportAsync();
        await tab.FinishAsync("world-phone");
    }

    [Fact]
    public async Task The_theme_is_switched_by_hand_and_stays()
    {
        var tab = await browser.NewTabAsync();
        await tab.GoAsync("/", "World");

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Dark theme" }).ClickAsync();
        await Assertions.Expect(tab.Page.Locator("body")).ToHaveCSSAsync("background-color", "rgb(18, 19, 28)");
        await tab.GoAsync("/", "World");

        await Assertions.Expect(tab.Page.Locator("body")).ToHaveCSSAsync("background-color", "rgb(18, 19, 28)");
        await tab.CloseAsync();
    }

    [Theory]
    [MemberData(nameof(Themes))]
    public async Task The_whole_world_is_shown_as_it_was_and_now_brings_it_back(bool isDark)
    {
        var home = isDark ? "past-night" : "past-day";
        using var world = await WorldAsync();
        await world.SetAsync($"{home}/hall/lamp", new JsonObject { ["on"] = 1 });
        await world.SetAsync($"{home}/hall/fan", new JsonObject { ["on"] = 2 });
        await world.SetAsync($"{home}/hall/lamp", new JsonObject { ["on"] = 3 });
        await world.SetAsync($"{home}/hall/fan", new JsonObject { ["__deleted__"] = true });
        var second = (await world.HistoryAsync($"{home}/"))[1].At;
        var tab = await browser.NewTabAsync(new TabManner { IsDark = isDark });
        await tab.GoAsync($"/?prefix={home}/", "World");
        await Assertions.Expect(Rows(tab)).ToHaveCountAsync(1);

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "As it was …" }).ClickAsync();
        await tab.Page.GetByLabel("As it was at").FillAsync("0"); // the first event

        await Assertions.Expect(Row(tab, $"{home}/hall/lamp")).ToContainTextAsync("1");
        await Assertions.Expect(Rows(tab)).ToHaveCountAsync(1);
        await Assertions.Expect(tab.Page.GetByText("As it was", new() { Exact = true })).ToBeVisibleAsync();
        var at = second.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        await tab.GoAsync($"/?prefix={home}/&at={Uri.EscapeDataString(at)}", "World"); // as it was kept or sent
        await Assertions.Expect(Row(tab, $"{home}/hall/fan")).ToContainTextAsync("2");
        await Assertions.Expect(Row(tab, $"{home}/hall/lamp")).ToContainTextAsync("1");
        await Assertions.Expect(tab.Page.GetByLabel("As it was at")).ToBeVisibleAsync();
        await world.SetAsync($"{home}/hall/lamp", new JsonObject { ["on"] = 99 });
        await Folder(tab, "hall/").ClickAsync();
        await Assertions.Expect(tab.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("hall%2F&at="));
        await Assertions.Expect(Row(tab, $"{home}/hall/lamp")).ToContainTextAsync("1");
        await Assertions.Expect(Row(tab, $"{home}/hall/fan")).ToBeVisibleAsync();
        await Assertions.Expect(Row(tab, $"{home}/hall/lamp").GetByRole(AriaRole.Link)).ToHaveAttributeAsync("href", new System.Text.RegularExpressions.Regex("&at="));
        await tab.LookAsync("world-past");

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Now" }).ClickAsync();
        await Assertions.Expect(Row(tab, $"{home}/hall/lamp")).ToContainTextAsync("99");
        await Assertions.Expect(Rows(tab)).ToHaveCountAsync(1);
        await Assertions.Expect(tab.Page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();
        await tab.GoAsync("/?at=yesterday", "World");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("at");
        await tab.CloseAsync();
    }

    private static ILocator Rows(ConsoleTab tab) => tab.Page.Locator("tbody tr:has(td.id)");

    private static ILocator Row(ConsoleTab tab, string id) =>
        Rows(tab).Filter(new() { Has = tab.Page.GetByRole(AriaRole.Link, new() { Name = id, Exact = true }) });

    private static ILocator Folder(ConsoleTab tab, string name) =>
        tab.Page.GetByRole(AriaRole.List, new() { Name = "Further down" }).GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    private async Task<World> WorldAsync() => new((await browser.ServerAsync()).Address);
}
