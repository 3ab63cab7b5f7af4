namespace Flux.Testing.Processes;

/// <summary>The browser of the system. None is downloaded.</summary>
public static class ChromiumBinary
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

    /// <summary>Arguments with which it runs in a container.</summary>
    public static IReadOnlyList<string> Arguments { get; } =
    [
        "--no-sandbox",            // as root there is none
        "--disable-dev-shm-usage", // there is little of it in a container
    ];

    /// <summary>Gets where it is; null when it is not installed.</summary>
    public static string? Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(_ => Names, System.IO.Path.Combine)
        .FirstOrDefault(File.Exists);
}
