using Flux.Testing.Processes;

namespace Flux.Browser.Tests;

/// <summary>Whether the tests of this project run.</summary>
internal static class Chromium
{
    /// <summary>Skips the test when there is no browser, or when this is the short run of all tests, which has no time for one.</summary>
    public static void Need()
    {
        Assert.SkipWhen(string.IsNullOrEmpty(Environment.GetEnvironmentVariable("FLUX_BROWSER")), "drives a browser: FLUX_BROWSER=1");
        Assert.SkipWhen(ChromiumBinary.Path is null, "chromium is not installed");
    }
}
