using System.ComponentModel.DataAnnotations;
using Flux.Core;

namespace Flux.EventLog;

/// <summary>How much the log writer gathers, and how much may wait for it.</summary>
public sealed class LogWriterOptions
{
    /// <summary>Gets or sets the most events in one commit. Default: 2,000.</summary>
    [Range(1, 100_000)]
    public int MaxCommitEvents { get; set; } = 2_000;

    /// <summary>Gets or sets the most bytes of payload in one commit; a single larger event still goes. Default: 4 MiB.</summary>
    [Range(1, int.MaxValue)]
    public int MaxCommitBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Gets or sets how long a commit may take before what waits behind it is refused. Default: 2 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan StallAfter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets or sets the most events that may wait; more are refused at once. Default: 50,000.</summary>
    [Range(1, 10_000_000)]
    public int MaxWaitingEvents { get; set; } = 50_000;

    /// <summary>Gets or sets the most bytes of payload that may wait. Default: 128 MiB, and less where there is little memory.</summary>
    [Range(1, long.MaxValue)]
    public long MaxWaitingBytes { get; set; } = MemoryBudget.Of(128 * 1024 * 1024);
}
