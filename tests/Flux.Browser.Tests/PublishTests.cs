using System.Diagnostics;

namespace Flux.Browser.Tests;

/// <summary>The view that sends an event.</summary>
public sealed class PublishTests(SharedBrowser browser)
{
    public static readonly TheoryData<bool> Themes = [false, true];

    [Theory]
    [MemberData(nameof(Themes))]
    public async Task An_event_is_sent_and_a_refusal_says_why(bool isDark)
    {
        var tab = await browser.NewTabAsync(new TabManner { IsDark = isDark });
        var entity = isDark ? "sent/night" : "sent/day";
        await tab.GoAsync("/publish", "Publish");
        await tab.Page.GetByLabel("Entity").FillAsync(entity);
        await tab.Page.GetByLabel("Properties (JSON)").FillAsync("{\"exact\": 9007199254740993, \"text\": \"it's <b>\"}");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();

        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("version 1 of its entity");
        await tab.LookAsync("publish");
        await tab.Page.GetByRole(AriaRole.Status).GetByRole(AriaRole.Link).ClickAsync();
        await Assertions.Expect(tab.Page.GetByLabel("Payload", new() { Exact = true })).ToContainTextAsync("9007199254740993");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Publish" }).ClickAsync();
        await tab.Page.GetByLabel("Stream").FillAsync("No Stream");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("stream");
        await tab.Page.GetByLabel("Properties (JSON)").FillAsync("[1]");
        await Assertions.Expect(tab.Page.GetByText("It must be a JSON object.")).ToBeVisibleAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Button, new() { Name = "Send" })).ToBeDisabledAsync();
        await tab.CloseAsync();
    }

    [Theory]
    [InlineData("curl", "bash", "-c")]
    [InlineData("JavaScript", "node", "--input-type=module", "-e")]
    [InlineData("Python", "python3", "-c")]
    public async Task The_programs_that_are_shown_do_the_same(string language, string program, params string[] arguments)
    {
        const string Text = "it's \\\\ \\\"quoted\\\" $HOME `x` <é😀> {0}";
        var entity = $"programs/{language}";
        var tab = await browser.NewTabAsync();
        await tab.GoAsync("/publish", "Publish");
        await tab.Page.GetByLabel("Entity").FillAsync(entity);
        await tab.Page.GetByLabel("Properties (JSON)").FillAsync($"{{\"text\": \"{Text}\"}}");
        var code = tab.Page.GetByLabel(language, new() { Exact = true });
        await Assertions.Expect(code).ToContainTextAsync("quoted");
        await Assertions.Expect(code).ToContainTextAsync(entity);

        using var process = Process.Start(new ProcessStartInfo(program, [.. arguments, await code.InnerTextAsync()]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Contains("\"version\":1", output, StringComparison.Ordinal);
        await tab.GoAsync($"/entity?id={Uri.EscapeDataString(entity)}", entity);
        await Assertions.Expect(tab.Page.Locator(".properties .value")).ToHaveTextAsync("it's \\ \"quoted\" $HOME `x` <é😀> {0}");
        await tab.CloseAsync();
    }
}
