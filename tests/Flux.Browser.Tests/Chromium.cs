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

    /// <summary>Gets why there is no browser; null when there is one.</summary>
    public static string? WhyMissing => Path is null ? "chromium is not installed" : null;
}
