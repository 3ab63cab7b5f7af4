using System.Text.Json.Nodes;
using Flux.Testing.Processes;

namespace Flux.Browser.Tests;

/// <summary>The view of long work.</summary>
public sealed class WorkTests(SharedBrowser browser)
{
    private const string AdminToken = "the-operator-of-the-browser-tests";

    public static readonly TheoryData<bool> Themes = [false, true];

    [Theory]
    [MemberData(nameof(Themes))]
    public async Task The_log_is_verified_and_exported_and_what_waits_can_be_called_off(bool isDark)
    {
        using var directory = new TemporaryDirectory();
        await using var server = await FluxProcess.StartAsync(
            new FluxProcessOptions { DataDirectory = directory.At("data"), Environment = new Dictionary<string, string> { ["FLUX_ADMIN_TOKEN"] = AdminToken } },
            TimeProvider.System,
            TestContext.Current.CancellationToken);
        using var world = new World(server.Address);
        foreach (var text in Markup.Texts)
        {
            await world.SetAsync("home/lamp", new JsonObject { ["text"] = text });
        }

        var tab = await browser.NewTabAsync(server.Address, new TabManner { IsDark = isDark });
        await tab.GoAsync("/work", "Work");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "Admin token required" })).ToBeVisibleAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Use a token" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Textbox, new() { Name = "Token" }).FillAsync(AdminToken);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Use it" }).ClickAsync();
        await Assertions.Expect(tab.Page.GetByText("Nothing was asked for yet.")).ToBeVisibleAsync();

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Verify the log" }).ClickAsync();
        await Assertions.Expect(Items(tab, "Verification")).ToContainTextAsync($"verified to position {Markup.Texts.Length}");
        await Assertions.Expect(Items(tab, "Verification").Locator(".state")).ToHaveTextAsync("done");

        var file = await tab.Page.RunAndWaitForDownloadAsync(() => tab.Page.GetByRole(AriaRole.Button, new() { Name = "Export" }).ClickAsync());
        var lines = await File.ReadAllLinesAsync(await file.PathAsync(), TestContext.Current.CancellationToken);
        Assert.EndsWith(".jsonl", file.SuggestedFilename, StringComparison.Ordinal);
        Assert.Equal(Markup.Texts.Length, lines.Count(line => line.Contains("home/lamp", StringComparison.Ordinal)));
        await Assertions.Expect(Items(tab, "Export of the whole log").Locator(".state")).ToHaveTextAsync("done");

        // Asked for by somebody who does not fetch it: that it is under way is seen, and it can be called off.
        using var http = new HttpClient { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", AdminToken);
        using var asked = await http.PostAsync(
            "api/admin/work",
            new StringContent(new JsonObject { ["kind"] = "export", ["namespace"] = Markup.Texts[0] }.ToJsonString(), new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")),
            TestContext.Current.CancellationToken);
        asked.EnsureSuccessStatusCode();
        var waiting = Items(tab, Markup.Texts[0]);
        await Assertions.Expect(waiting.Locator(".state")).ToHaveTextAsync("waiting");
        await Assertions.Expect(waiting.GetByRole(AriaRole.Progressbar)).ToBeVisibleAsync();
        await tab.LookAsync("work");
        await waiting.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Assertions.Expect(waiting.Locator(".state")).ToHaveTextAsync("cancelled");
        Assert.DoesNotContain(AdminToken, tab.Page.Url, StringComparison.Ordinal);
        Assert.DoesNotContain(AdminToken, server.Output, StringComparison.Ordinal);
        await tab.CloseAsync();
    }

    private static ILocator Items(ConsoleTab tab, string name) =>
        tab.Page.GetByRole(AriaRole.List, new() { Name = "Work" }).GetByRole(AriaRole.Listitem).Filter(new() { HasText = name });
}
