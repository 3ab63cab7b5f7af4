namespace Flux.Benchmarks.Processes;

/// <summary>Programs that a benchmark uses when they are there.</summary>
internal static class Tools
{
    public static bool Has(string program) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin" // where Debian puts servers
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Any(folder => File.Exists(Path.Combine(folder, program)));
}
