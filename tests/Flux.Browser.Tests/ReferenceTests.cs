namespace Flux.Browser.Tests;

/// <summary>The page that shows what the API is.</summary>
public sealed class ReferenceTests(SharedBrowser browser)
{
    public static readonly TheoryData<bool> Themes = [false, true];

    [Theory]
    [MemberData(nameof(Themes))]
    public async Task The_api_is_shown_with_its_operations_and_their_shapes(bool isDark)
    {
        var tab = await browser.NewTabAsync(new TabManner { IsDark = isDark });
        await tab.GoAsync("/", "World");

        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "API", Exact = true }).ClickAsync();

        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Flux", Level = 1, Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Publish one event" })).ToBeVisibleAsync();
        await Assertions.Expect(tab.Page.GetByText("lamp-1").First).ToBeVisibleAsync(); // the example
        await tab.LookAsync("reference");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Console" }).ClickAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "World", Level = 1 })).ToBeVisibleAsync();
        await tab.CloseAsync();
    }

    [Fact]
    public async Task The_page_fits_a_phone()
    {
        var tab = await browser.NewTabAsync(new TabManner { Width = 390, Height = 844 });
        await tab.Page.GotoAsync("/reference");

        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Flux", Level = 1, Exact = true })).ToBeVisibleAsync();
        var width = await tab.Page.EvaluateAsync<int>("document.documentElement.scrollWidth");
        Assert.True(width <= 390, $"the page is {width} pixels wide");
        await tab.LookAsync("reference-phone");
        await tab.CloseAsync();
    }
}
