namespace Flux.Browser.Tests;

/// <summary>The browser of the system. None is downloaded.</summary>
internal static class Chromium
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

    /// <summary>Gets where it is; null when it is not installed.</summary>
    public static string? Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(_ => Names, System.IO.Path.Combine)
        .FirstOrDefault(File.Exists);

    /// <summary>Skips the test when there is no browser, or when this is the short run of all tests, which has no time for one.</summary>
    public static void Need()
    {
        Assert.SkipWhen(string.IsNullOrEmpty(Environment.GetEnvironmentVariable("FLUX_BROWSER")), "drives a browser: FLUX_BROWSER=1");
        Assert.SkipWhen(Path is null, "chromium is not installed");
    }
}
