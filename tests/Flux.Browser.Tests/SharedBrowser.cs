using Flux.Testing.Processes;

namespace Flux.Browser.Tests;

/// <summary>One browser and one server for all tests, started when the first of them asks. Tests keep apart by their namespaces.</summary>
public sealed class SharedBrowser : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Lazy<Task<FluxProcess>> _server;
    private readonly Lazy<Task<(IPlaywright Driver, IBrowser Browser)>> _browser = new(OpenAsync);

    /// <summary>Initializes a new instance of the <see cref="SharedBrowser"/> class; nothing is started.</summary>
    public SharedBrowser() => _server = new(() => StartAsync(_directory));

    /// <summary>Starts a server of a test's own, with the embedded store in a directory that the test owns.</summary>
    /// <param name="directory">The directory.</param>
    public static Task<FluxProcess> StartAsync(TemporaryDirectory directory)
    {
        Chromium.Need();
        return FluxProcess.StartAsync(
            new FluxProcessOptions { DataDirectory = directory.At("data") }, TimeProvider.System, TestContext.Current.CancellationToken);
    }

    /// <summary>Gets the server that tests share.</summary>
    public Task<FluxProcess> ServerAsync() => _server.Value;

    /// <summary>Opens a tab of its own profile on the shared server.</summary>
    /// <param name="manner">How; null for the usual.</param>
    public async Task<ConsoleTab> NewTabAsync(TabManner? manner = null) => await NewTabAsync((await ServerAsync()).Address, manner);

    /// <summary>Opens a tab of its own profile.</summary>
    /// <param name="server">The server whose console it shows.</param>
    /// <param name="manner">How; null for the usual.</param>
    public async Task<ConsoleTab> NewTabAsync(Uri server, TabManner? manner = null)
    {
        Chromium.Need();
        var (_, browser) = await _browser.Value;
        manner ??= new TabManner();
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = server.ToString(),
            ColorScheme = manner.IsDark ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = new ViewportSize { Width = manner.Width, Height = manner.Height },
        });
        return await ConsoleTab.OpenAsync(context, server, manner);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_browser.IsValueCreated)
        {
            var (driver, browser) = await _browser.Value;
            await browser.CloseAsync();
            driver.Dispose();
        }

        if (_server.IsValueCreated)
        {
            await (await _server.Value).DisposeAsync();
        }

        _directory.Dispose();
    }

    private static async Task<(IPlaywright Driver, IBrowser Browser)> OpenAsync()
    {
        var driver = await Playwright.CreateAsync();
        return (driver, await driver.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = ChromiumBinary.Path,
            Args =
            [
                .. ChromiumBinary.Arguments,
                "--disable-features=LocalNetworkAccessChecks", // a page that a test hands over counts as one of a stranger's
            ],
        }));
    }
}
