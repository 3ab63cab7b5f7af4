namespace Flux.Core;

/// <summary>Sizes of bounded buffers: what they are on an ordinary machine, and less where the process has little memory.</summary>
public static class MemoryBudget
{
    // With it, all buffers at their bounds leave more than half to the rest.
    private const long Ordinary = 2L * 1024 * 1024 * 1024;

    // What the collector may use: of the machine, of a container's limit three quarters, or what a setting says. It does not change.
    private static readonly double Share = Math.Min(1, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)Ordinary);

    /// <summary>Scales a bound down where the collector's heap may be smaller than 2 GiB.</summary>
    /// <param name="bytes">The bound on an ordinary machine, in bytes.</param>
    /// <returns>The bound here, in bytes.</returns>
    public static long Of(long bytes) => (long)(bytes * Share);
}
