using System.Collections.Concurrent;
using Deque.AxeCore.Playwright;

namespace Flux.Browser.Tests;

/// <summary>A tab that keeps what must never happen in it: errors, dialogs, requests to others, pages without the policy.</summary>
public sealed class ConsoleTab
{
    private const float LimitMilliseconds = 20_000; // a guard against hanging, on a machine that has other work

    private readonly Uri _server;
    private readonly TabManner _manner;
    private readonly ConcurrentQueue<string> _complaints = new();
    private int _pages;

    private ConsoleTab(IPage page, Uri server, TabManner manner)
    {
        (Page, _server, _manner) = (page, server, manner);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _complaints.Enqueue($"console {message.Type}: {message.Text}");
            }
        };
        page.PageError += (_, error) => _complaints.Enqueue($"page error: {error}");
        page.Request += (_, request) => CheckHost(request.Url);
        page.WebSocket += (_, socket) => CheckHost(socket.Url);
        page.RequestFailed += (_, request) => _complaints.Enqueue($"failed: {request.Url}: {request.Failure}");
        page.Response += (_, response) => CheckAnswer(response);
        page.Dialog += (_, dialog) =>
        {
            _complaints.Enqueue($"dialog: {dialog.Message}");
            _ = dialog.DismissAsync();
        };
    }

    /// <summary>Gets the page.</summary>
    public IPage Page { get; }

    /// <summary>Shows a view, and waits until it has its heading.</summary>
    /// <param name="target">Path and query.</param>
    /// <param name="heading">The heading.</param>
    public async Task GoAsync(string target, string heading)
    {
        await Page.GotoAsync(target);
        try
        {
            await Assertions.Expect(Page.GetByRole(AriaRole.Heading, new() { Name = heading, Level = 1, Exact = true })).ToBeVisibleAsync();
        }
        catch (PlaywrightException e)
        {
            throw new InvalidOperationException($"{target} does not show \"{heading}\"; {string.Join(" | ", _complaints)}", e);
        }
    }

    /// <summary>Looks at the view as <see cref="LookAsync"/> does, checks that nothing happened that must not, and closes the tab.</summary>
    /// <param name="view">The name of the view.</param>
    public async Task FinishAsync(string view)
    {
        await LookAsync(view);
        await CloseAsync();
    }

    /// <summary>Keeps a picture of the view, and checks that a person who cannot see or use a mouse is not shut out.</summary>
    /// <param name="view">The name of the view.</param>
    public async Task LookAsync(string view)
    {
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Screenshots, $"{view}-{_manner.Theme}.png"), Animations = ScreenshotAnimations.Disabled });
        var axe = await Page.RunAxe();
        var serious = axe.Violations.Where(violation => violation.Impact is "serious" or "critical")
            .Select(violation => $"{violation.Impact}: {violation.Id}: {string.Join("; ", violation.Nodes.Select(node => $"{node.Html} {string.Join(',', node.Any.Select(check => check.Message))}"))}");
        Assert.True(axe.Passes.Length > 5, "the accessibility check looked at nothing");
        Assert.True(!serious.Any(), string.Join('\n', serious));
    }

    /// <summary>Checks that nothing happened that must not, and closes the tab.</summary>
    public async Task CloseAsync()
    {
        Assert.Empty(_complaints);
        Assert.True(_pages > 0, "no page of the console was seen");
        await Page.Context.CloseAsync();
    }

    internal static async Task<ConsoleTab> OpenAsync(IBrowserContext context, Uri server, TabManner manner)
    {
        context.SetDefaultTimeout(LimitMilliseconds);
        Assertions.SetDefaultExpectTimeout(LimitMilliseconds);
        return new ConsoleTab(await context.NewPageAsync(), server, manner);
    }

    // artifacts/bin/<project>/<configuration>/ holds the tests.
    private static string Screenshots => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "screenshots"));

    private void CheckHost(string url)
    {
        var uri = new Uri(url);
        if (uri.Scheme is not ("data" or "blob") && uri.Authority != _server.Authority)
        {
            _complaints.Enqueue($"request to another host: {url}");
        }
    }

    private void CheckAnswer(IResponse response)
    {
        if (response.Status >= 400)
        {
            _complaints.Enqueue($"{response.Status}: {response.Url}");
        }

        if (response.Request.ResourceType is not "document")
        {
            return;
        }

        Interlocked.Increment(ref _pages);
        var policy = response.Headers.GetValueOrDefault("content-security-policy") ?? string.Empty;
        var scripts = policy.Split(';', StringSplitOptions.TrimEntries).SingleOrDefault(directive => directive.StartsWith("script-src", StringComparison.Ordinal));
        if (scripts is not "script-src 'self'" || !policy.Contains("default-src 'none'", StringComparison.Ordinal)
            || !policy.Contains("frame-ancestors 'none'", StringComparison.Ordinal) || !policy.Contains("base-uri 'none'", StringComparison.Ordinal))
        {
            _complaints.Enqueue($"the policy of {response.Url} is {policy}");
        }
    }
}
