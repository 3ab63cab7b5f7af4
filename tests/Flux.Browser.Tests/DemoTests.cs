using Flux.Testing.Processes;

namespace Flux.Browser.Tests;

/// <summary>The demo world, from the empty state to the empty state.</summary>
public sealed class DemoTests(SharedBrowser browser)
{
    public static readonly TheoryData<bool> Themes = [false, true];

    [Theory]
    [MemberData(nameof(Themes))]
    public async Task One_button_fills_an_empty_world_with_life_and_one_takes_it_away(bool isDark)
    {
        using var directory = new TemporaryDirectory();
        await using var server = await SharedBrowser.StartAsync(directory);
        var tab = await browser.NewTabAsync(server.Address, new TabManner { IsDark = isDark });
        await tab.GoAsync("/", "World");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Nothing here yet" })).ToBeVisibleAsync();
        var start = tab.Page.GetByRole(AriaRole.Button, new() { Name = "Start the demo world" });
        await Assertions.Expect(start).ToBeVisibleAsync();
        await tab.LookAsync("world-empty");

        await start.ClickAsync();

        await Assertions.Expect(tab.Page.GetByText("The demo world is running")).ToBeVisibleAsync();
        await Assertions.Expect(Row(tab, "demo/plant/line-1/robot-1")).ToContainTextAsync("celsius");
        await Assertions.Expect(Row(tab, "demo/team/ada")).ToBeVisibleAsync();
        await Assertions.Expect(tab.Page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(Row(tab, "demo/plant/line-1/robot-1").Locator(".changed")).Not.ToHaveCountAsync(0);
        await tab.LookAsync("world-demo");

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "End it" }).ClickAsync();

        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Nothing here yet" })).ToBeVisibleAsync();
        await Assertions.Expect(tab.Page.Locator("tbody tr")).ToHaveCountAsync(0);
        await Assertions.Expect(tab.Page.GetByText("The demo world is running")).ToHaveCountAsync(0);
        using var http = new HttpClient { BaseAddress = server.Address };
        Assert.Equal("[]", await http.GetStringAsync("api/state/entities", TestContext.Current.CancellationToken));
        await tab.CloseAsync();
    }

    private static ILocator Row(ConsoleTab tab, string id) =>
        tab.Page.Locator("tbody tr:has(td.id)").Filter(new() { Has = tab.Page.GetByRole(AriaRole.Link, new() { Name = id, Exact = true }) });
}
