using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Flux.Browser.Tests;

/// <summary>The view of the past.</summary>
public sealed class ReplayTests(SharedBrowser browser)
{
    private const int Steps = 1000; // of the slider

    public static readonly TheoryData<bool> Themes = [false, true];

    [Theory]
    [MemberData(nameof(Themes))]
    public async Task At_every_moment_of_the_span_it_shows_what_the_events_up_to_then_amount_to(bool isDark)
    {
        var home = isDark ? "film-night" : "film-day";
        using var world = await WorldAsync();
        await RecordAsync(world, home);
        var events = await world.HistoryAsync(home + "/");
        var (from, to) = (events[0].At, events[^1].At);
        var tab = await browser.NewTabAsync(isDark ? new TabManner { IsDark = true, Width = 390 } : null);
        await tab.GoAsync($"/replay?prefix={home}/&from={Text(from)}&to={Text(to)}", "Replay");

        foreach (var step in (int[])[0, 250, 500, 750, Steps])
        {
            if (step > 0)
            {
                await tab.Page.GetByLabel("Moment").FillAsync(step.ToString(CultureInfo.InvariantCulture));
            }

            var moment = from + ((to - from) * step / Steps);
            await Assertions.Expect(tab.Page.GetByLabel("Moment")).ToHaveAttributeAsync("aria-valuetext", moment.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture));
            await AssertShowsAsync(tab, Fold(events.Where(each => each.At <= moment)));
        }

        await AssertShowsAsync(tab, await world.ListAsync(home + "/"));
        await tab.Page.GetByLabel("Moment").FillAsync("500");
        await Assertions.Expect(tab.Page.GetByText("50 % of the span")).ToBeVisibleAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Play" }).ClickAsync();
        await Assertions.Expect(tab.Page.GetByText("100 % of the span")).ToBeVisibleAsync();
        await Assertions.Expect(Events(tab)).ToHaveCountAsync(events.Count(each => each.At >= from + ((to - from) / 2)));
        Assert.True(await tab.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), "the page is wider than its window");
        await tab.FinishAsync("replay");
    }

    [Fact]
    public async Task It_plays_what_happened_as_fast_as_it_goes_and_ends_with_the_world_as_it_became()
    {
        using var world = await WorldAsync();
        await RecordAsync(world, "quick");
        var events = await world.HistoryAsync("quick/");
        var tab = await browser.NewTabAsync();
        await tab.GoAsync($"/replay?prefix=quick/&from={Text(events[0].At.AddHours(-1))}", "Replay");
        await Assertions.Expect(tab.Page.GetByText("No entity at this moment.")).ToBeVisibleAsync();
        await tab.Page.GetByLabel("Speed").SelectOptionAsync("as fast as it goes");

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Play" }).ClickAsync();

        await Assertions.Expect(tab.Page.GetByText($"100 % of the span, {events.Count} events so far")).ToBeVisibleAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Button, new() { Name = "Play" })).ToBeVisibleAsync(); // it has come to its end
        await AssertShowsAsync(tab, Fold(events));
        var passed = await Events(tab).AllInnerTextsAsync();
        Assert.Equal(events.Select(each => each.Position).Reverse(), passed.Select(text => long.Parse(Regex.Match(text, "^[0-9]+").Value, CultureInfo.InvariantCulture)));
        await tab.CloseAsync();
    }

    [Fact]
    public async Task A_pause_holds_it_and_event_after_event_can_be_looked_at()
    {
        using var world = await WorldAsync();
        await RecordFirstAsync(world, "slow");
        var tab = await browser.NewTabAsync();
        await tab.GoAsync("/replay?prefix=slow/", "Replay"); // to open a tab takes longer than a click: that is the silence in which the replay is stopped
        await Assertions.Expect(tab.Page.GetByLabel("Speed")).ToBeVisibleAsync();
        await RecordLastAsync(world, "slow");
        var events = await world.HistoryAsync("slow/");
        await tab.GoAsync($"/replay?prefix=slow/&from={Text(events[0].At)}&to={Text(events[^1].At)}", "Replay");
        await tab.Page.GetByLabel("Speed").SelectOptionAsync("0.5×");

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Play" }).ClickAsync();
        await Assertions.Expect(tab.Page.GetByText("3 events so far")).ToBeVisibleAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Button, new() { Name = "Play" })).ToBeVisibleAsync();

        for (var count = 3; count <= events.Count; count++)
        {
            await Assertions.Expect(tab.Page.GetByText($"{count} events so far")).ToBeVisibleAsync();
            await AssertShowsAsync(tab, Fold(events.Take(count)));
            if (count < events.Count)
            {
                await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Next event" }).ClickAsync();
                await Assertions.Expect(Moment(tab)).ToHaveTextAsync(Shown(events[count].At));
            }
        }

        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Button, new() { Name = "Next event" })).ToBeDisabledAsync();
        await tab.Page.GetByLabel("Moment").FillAsync("0"); // back
        await AssertShowsAsync(tab, Fold(events.Take(1)));
        await tab.Page.GetByLabel("Speed").SelectOptionAsync("1000×");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Play" }).ClickAsync();
        await Assertions.Expect(tab.Page.GetByText($"100 % of the span, {events.Count} events so far")).ToBeVisibleAsync();
        await AssertShowsAsync(tab, Fold(events));
        await tab.CloseAsync();
    }

    [Fact]
    public async Task From_the_world_and_with_one_entity_it_shows_the_same_choice()
    {
        using var world = await WorldAsync();
        await world.SetAsync("choice/a", new JsonObject { ["n"] = 1 });
        await world.SetAsync("choice/a/b", new JsonObject { ["n"] = 20 });
        await world.SetAsync("choice/a", new JsonObject { ["n"] = 30 });
        var tab = await browser.NewTabAsync();
        await tab.GoAsync("/?prefix=choice/&where=properties.n%20%3E%2010", "World");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Replay this" }).ClickAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Replay", Level = 1 })).ToBeVisibleAsync();
        await AssertShowsAsync(tab, new() { ["choice/a/b"] = "n 20" }); // all that there ever was begins with the first event that counts
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Play" }).ClickAsync();
        await AssertShowsAsync(tab, new() { ["choice/a"] = "n 30", ["choice/a/b"] = "n 20" });

        await tab.GoAsync("/replay?entity=choice/a", "Replay");
        await AssertShowsAsync(tab, new() { ["choice/a"] = "n 1" });
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Play" }).ClickAsync();
        await AssertShowsAsync(tab, new() { ["choice/a"] = "n 30" });
        await Assertions.Expect(Events(tab)).ToHaveCountAsync(2);

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Last hour" }).ClickAsync();
        await Assertions.Expect(tab.Page).ToHaveURLAsync(new Regex("entity=choice%2Fa&from=.*&to="));
        await AssertShowsAsync(tab, []);
        await tab.GoAsync("/replay?prefix=nobody-was-here/", "Replay");
        await Assertions.Expect(tab.Page.GetByText("Nothing was recorded here.")).ToBeVisibleAsync();
        await tab.CloseAsync();
    }

    [Fact]
    public async Task Markup_is_shown_as_the_text_that_it_is()
    {
        using var world = await WorldAsync();
        await world.SetAllAsync(Markup.Texts.Select(text => ($"markup-in-replay/{text}", new JsonObject { [text] = text })));
        var tab = await browser.NewTabAsync();
        await tab.GoAsync("/replay?prefix=markup-in-replay/", "Replay");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Play" }).ClickAsync();
        await Assertions.Expect(Events(tab)).ToHaveCountAsync(Markup.Texts.Length);

        var rows = await tab.Page.GetByRole(AriaRole.Region, new() { Name = "Entities" }).Locator("bdi").AllTextContentsAsync();
        var events = await tab.Page.GetByRole(AriaRole.Region, new() { Name = "Events" }).Locator("bdi").AllTextContentsAsync();

        Assert.All(Markup.Texts, text => Assert.Contains($"markup-in-replay/{text}", rows));
        Assert.All(Markup.Texts, text => Assert.Contains(text, rows));
        Assert.All(Markup.Texts, text => Assert.Contains($"{text} = {text}", events));
        await tab.GoAsync($"/replay?entity={Uri.EscapeDataString(Markup.Texts[1])}&where={Uri.EscapeDataString(Markup.Texts[2])}&from={Uri.EscapeDataString(Markup.Texts[0])}", "Replay");
        await Assertions.Expect(tab.Page.GetByText(Markup.Texts[1])).ToBeVisibleAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("where");
        await tab.CloseAsync();
    }

    private static string Text(DateTimeOffset time) => Uri.EscapeDataString(time.ToString("O", CultureInfo.InvariantCulture));

    private static string Shown(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    private static ILocator Moment(ConsoleTab tab) => tab.Page.Locator(".slider .now");

    private static ILocator Events(ConsoleTab tab) => tab.Page.Locator(".stream tbody tr:has(td.position)");

    // A tank that is filled, and a pump that comes and goes.
    private static async Task RecordAsync(World world, string home)
    {
        await RecordFirstAsync(world, home);
        await RecordLastAsync(world, home);
    }

    private static async Task RecordFirstAsync(World world, string home)
    {
        await world.SetAsync($"{home}/tank", new JsonObject { ["level"] = 1 });
        await world.SetAsync($"{home}/pump", new JsonObject { ["on"] = true });
        await world.SetAsync($"{home}/tank", new JsonObject { ["level"] = 2 });
    }

    private static async Task RecordLastAsync(World world, string home)
    {
        await world.SetAsync($"{home}/pump", new JsonObject { ["__deleted__"] = true });
        await world.SetAsync($"{home}/tank", new JsonObject { ["level"] = 3 });
        await world.SetAsync($"{home}/pump", new JsonObject { ["on"] = false });
    }

    // Each entity of these tests has one property, so the last event of one is its state.
    private static Dictionary<string, string> Fold(IEnumerable<PastEvent> events)
    {
        var entities = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var each in events)
        {
            if (each.Properties.ContainsKey("__deleted__"))
            {
                entities.Remove(each.Entity);
            }
            else
            {
                entities[each.Entity] = World.InShort(each.Properties);
            }
        }

        return entities;
    }

    private static async Task AssertShowsAsync(ConsoleTab tab, Dictionary<string, string> entities)
    {
        var rows = tab.Page.GetByRole(AriaRole.Region, new() { Name = "Entities" }).Locator("tbody tr:has(td.id)");
        await Assertions.Expect(rows).ToHaveCountAsync(entities.Count);
        foreach (var (id, text) in entities)
        {
            var row = rows.Filter(new() { Has = tab.Page.GetByRole(AriaRole.Link, new() { Name = id, Exact = true }) });
            await Assertions.Expect(row.Locator(".values")).ToHaveTextAsync(new Regex($"^\\s*{text.Replace(" ", "\\s*", StringComparison.Ordinal)}\\s*$"));
        }
    }

    private async Task<World> WorldAsync() => new((await browser.ServerAsync()).Address);
}
