using Flux.EventLog.Past;

namespace Flux.EventLog.Sqlite;

/// <summary>How the embedded store runs.</summary>
public sealed class EmbeddedStoreOptions
{
    /// <summary>Gets or sets the data directory; it is created when it is missing.</summary>
    public required string Directory { get; set; }

    /// <summary>Gets or sets who the commits say has written them. Default: the machine's name and the process's number.</summary>
    public string WriterName { get; set; } = $"{Environment.MachineName}:{Environment.ProcessId}";

    /// <summary>
    /// Gets or sets how many bytes of the newest events stay in memory. Default: 4 MiB, more than the projection is behind between two looks. What
    /// stays for seconds survives several collections, and 64 MiB made them four times as long (docs/performance.md).
    /// </summary>
    public long RecentBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Gets or sets how long the projection gathers changes while nobody waits for it. Default: 500 ms.</summary>
    public TimeSpan ProjectionLinger { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Gets or sets how many events are between two checkpoints at least.</summary>
    internal long CheckpointEvents { get; set; } = Checkpoints.MinEvents;
}
