namespace Flux.Core.Namespaces;

/// <summary>The limits of one namespace. What is null follows the server's configuration.</summary>
[GenerateSerializer, Immutable, Alias("flux.namespace-limits")]
public sealed record NamespaceLimits
{
    /// <summary>No limits of its own.</summary>
    public static readonly NamespaceLimits None = new();

    /// <summary>Gets the events a minute; 0 refuses all.</summary>
    [Id(0)]
    public int? EventsPerMinute { get; init; }

    /// <summary>Gets how many entities may exist.</summary>
    [Id(1)]
    public long? Entities { get; init; }

    /// <summary>Gets how many sockets may be open with its tokens.</summary>
    [Id(2)]
    public int? Sockets { get; init; }

    /// <summary>Gets how many subscriptions those sockets may have together.</summary>
    [Id(3)]
    public int? Subscriptions { get; init; }

    /// <summary>Gets the most bytes in the payload of an event, published alone or in a batch.</summary>
    [Id(4)]
    public int? EventBytes { get; init; }
}
