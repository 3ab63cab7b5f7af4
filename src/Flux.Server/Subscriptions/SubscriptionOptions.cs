using System.ComponentModel.DataAnnotations;

namespace Flux.Server.Subscriptions;

/// <summary>How much one socket may cost.</summary>
internal sealed class SubscriptionOptions
{
    /// <summary>Gets or sets how many bytes may wait for a socket before it has to read the log at its own pace. Default: 512 KiB.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int OutboxBytes { get; set; } = 512 * 1024;

    /// <summary>Gets or sets how many subscriptions a socket may have. Default: 1,000.</summary>
    [Range(1, 100_000)]
    public int MaxSubscriptions { get; set; } = 1000;

    /// <summary>Gets or sets how many sockets may be open on this silo with tokens of a namespace that has no limit of its own. Default: 1,000.</summary>
    [Range(0, int.MaxValue)]
    public int MaxSocketsOfNamespace { get; set; } = 1000;

    /// <summary>Gets or sets how many subscriptions those may have together, when the namespace has no limit of its own. Default: 100,000.</summary>
    [Range(0, int.MaxValue)]
    public int MaxSubscriptionsOfNamespace { get; set; } = 100_000;

    /// <summary>Gets or sets how often a socket is pinged. Default: 20 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Gets or sets how long a ping may stay unanswered before the socket is taken for dead. Default: 15 seconds,
    /// so that with the ping and the coarse timers of the platform a dead one is gone within 45.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan PingTimeout { get; set; } = TimeSpan.FromSeconds(15);
}
