using System.Diagnostics;
using System.Globalization;

namespace Flux.Server.Tests.BadInput;

/// <summary>What a process holds, as Linux counts it.</summary>
internal sealed record ProcessFootprint(long Bytes, int Handles, int Threads)
{
    public static ProcessFootprint Of(int processId)
    {
        var status = File.ReadAllLines($"/proc/{processId}/status");
        return new ProcessFootprint(
            Number(status, "VmRSS:") * 1024,
            Directory.GetFiles($"/proc/{processId}/fd").Length,
            (int)Number(status, "Threads:"));
    }

    /// <summary>Gives how long a process has computed so far.</summary>
    public static TimeSpan CpuOf(int processId)
    {
        using var process = Process.GetProcessById(processId);
        return process.TotalProcessorTime;
    }

    private static long Number(string[] lines, string name) =>
        long.Parse(lines.First(l => l.StartsWith(name, StringComparison.Ordinal))[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(),
            CultureInfo.InvariantCulture);
}
