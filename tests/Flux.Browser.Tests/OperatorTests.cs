using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Flux.Browser.Tests;

/// <summary>The view of the silos and what they measure.</summary>
public sealed class OperatorTests(SharedBrowser browser, OwnedWorld owned)
{
    public static readonly TheoryData<bool> Themes = [false, true];

    [Theory]
    [MemberData(nameof(Themes))]
    public async Task Rates_latencies_and_grains_appear_as_events_come(bool isDark)
    {
        using var world = new World((await browser.ServerAsync()).Address);
        var name = isDark ? "measured-night" : "measured-day";
        var tab = await browser.NewTabAsync(new TabManner { IsDark = isDark, Height = 1500 });
        await tab.GoAsync("/operator", "Operator");
        await Assertions.Expect(Fact(tab, "Silos")).ToHaveTextAsync("1 of 1 answer"); // from now on it is measured
        var watcher = await browser.NewTabAsync();
        await watcher.GoAsync($"/?prefix={name}/", "World");
        await Assertions.Expect(watcher.Page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();

        for (var n = 0; n < 20; n++)
        {
            await world.SetAsync($"{name}/e{n}", new JsonObject { ["n"] = n });
        }

        await Assertions.Expect(Chart(tab, "Events recorded a second:")).ToHaveAttributeAsync("aria-label", Above0());
        await Assertions.Expect(Chart(tab, "Bytes of changes pushed a second:")).ToHaveAttributeAsync("aria-label", Above0());
        await Assertions.Expect(Chart(tab, "From a request to its answer:"))
            .ToHaveAttributeAsync("aria-label", new Regex("^From a request to its answer: [0-9]+ in the last minute, p50 [0-9.]+ (µs|ms|s), p99 (more than )?[0-9.]+ (µs|ms|s)$"));
        await Assertions.Expect(Chart(tab, "From a commit to the sockets:")).ToBeVisibleAsync();
        await Assertions.Expect(Chart(tab, "Commits of the log:")).ToBeVisibleAsync();
        await Assertions.Expect(Fact(tab, "Sockets")).Not.ToHaveTextAsync("0");
        await Assertions.Expect(Fact(tab, "Size of the log")).ToHaveTextAsync(new Regex("^[0-9.]+ (KB|MB)$"));
        await Assertions.Expect(Row(tab, "Silos", "Active")).ToHaveCountAsync(1);
        await Assertions.Expect(Row(tab, "Grains", "Flux.Grains.Entities.EntityGrain").Locator("td")).ToHaveTextAsync(new Regex("^[1-9]"));
        await watcher.CloseAsync();
        await tab.FinishAsync("operator");
    }

    [Fact]
    public async Task Only_the_operator_sees_the_figures_and_sets_the_limits()
    {
        var tab = await owned.NewTabAsync(browser, token: null);
        await tab.GoAsync("/operator", "Operator");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Admin token required (admin_required)");
        var limit = tab.Page.GetByLabel("Bytes of a batch");
        await Assertions.Expect(limit).ToHaveValueAsync("10485760");
        await limit.FillAsync("10485000");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Save limits" }).ClickAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "Unauthorized (admin_required)" })).ToBeVisibleAsync();
        Assert.Equal(10_485_760, await LimitAsync());

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Use a token" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Textbox, new() { Name = "Token" }).FillAsync(OwnedWorld.AdminToken);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Use it" }).ClickAsync();
        await Assertions.Expect(Fact(tab, "Silos")).ToHaveTextAsync("1 of 1 answer");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Save limits" }).ClickAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "In force here" })).ToBeVisibleAsync();
        Assert.Equal(10_485_000, await LimitAsync());
        await tab.CloseAsync();
    }

    [Fact]
    public async Task The_view_fits_on_a_phone()
    {
        var tab = await browser.NewTabAsync(new TabManner { Width = 390, Height = 800 });
        await tab.GoAsync("/operator", "Operator");
        await Assertions.Expect(Fact(tab, "Silos")).ToHaveTextAsync("1 of 1 answer");

        Assert.True(await tab.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the phone");
        await tab.FinishAsync("operator-phone");
    }

    private static Regex Above0() => new("greatest ([1-9]|0\\.0*[1-9])");

    private static ILocator Chart(ConsoleTab tab, string name) => tab.Page.GetByRole(AriaRole.Img, new() { Name = name });

    private static ILocator Row(ConsoleTab tab, string region, string text) =>
        tab.Page.GetByRole(AriaRole.Region, new() { Name = region, Exact = true }).Locator("tbody tr").Filter(new() { HasText = text });

    private static ILocator Fact(ConsoleTab tab, string name) =>
        tab.Page.Locator(".facts div").Filter(new() { Has = tab.Page.GetByText(name, new() { Exact = true }) }).Locator("dd");

    private async Task<int> LimitAsync() => (await owned.SendAsync(HttpMethod.Get, "api/admin/config"))!["body_size_limit_batch_bytes"]!.GetValue<int>();
}
