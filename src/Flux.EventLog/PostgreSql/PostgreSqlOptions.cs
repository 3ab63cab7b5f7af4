using Flux.EventLog.Past;

namespace Flux.EventLog.PostgreSql;

/// <summary>How the log on PostgreSQL runs.</summary>
public sealed class PostgreSqlOptions
{
    /// <summary>Gets or sets the connection string. Its pool size bounds the reads under way at once.</summary>
    public required string ConnectionString { get; set; }

    /// <summary>Gets or sets whether to start although the server may lose what it has acknowledged. Default: false.</summary>
    public bool AllowUnsafeDurability { get; set; }

    /// <summary>Gets or sets how many events a partition holds. Default: 10,000,000, about 4 GB.</summary>
    public long PartitionEvents { get; set; } = 10_000_000;

    /// <summary>Gets or sets how long an append may take until its outcome must be known. Default: 3 seconds, below the 4 s of a call.</summary>
    public TimeSpan AppendTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Gets or sets for how long a lost answer is looked for before its outcome is said to be unknown. Default: 0.7 seconds.</summary>
    public TimeSpan SettleTimeout { get; set; } = TimeSpan.FromSeconds(0.7);

    /// <summary>Gets or sets how long one statement may take before it is given up and the outcome looked for. Default: 2 seconds.</summary>
    public TimeSpan StatementTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets or sets how many events are between two checkpoints at least.</summary>
    internal long CheckpointEvents { get; set; } = Checkpoints.MinEvents;
}
