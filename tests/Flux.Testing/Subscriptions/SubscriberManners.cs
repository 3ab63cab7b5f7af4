namespace Flux.Testing.Subscriptions;

/// <summary>How a subscriber behaves.</summary>
internal sealed record SubscriberManners
{
    /// <summary>Gets where it begins.</summary>
    public required SubscriptionStart First { get; init; }

    /// <summary>Gets how it goes on.</summary>
    public ComingBack Again { get; init; }

    /// <summary>Gets how long it waits before it connects for the first time.</summary>
    public TimeSpan Late { get; init; }

    /// <summary>Gets whose cursor it begins with, once it is late; null for <see cref="First"/>.</summary>
    public RecordedSubscriber? Lender { get; init; }

    /// <summary>Gets how long a connection lasts about, before it is cut; null for as long as it likes.</summary>
    public TimeSpan? CutAfter { get; init; }

    /// <summary>Gets how long it reads and then does not read, again and again; null for a reader that never stops.</summary>
    public (TimeSpan Reads, TimeSpan Stalls)? Stalling { get; init; }

    /// <summary>Gets which of its addresses it tries first; then the next one each time.</summary>
    public int FirstAddress { get; init; }

    /// <summary>Gets the seed of its randomness.</summary>
    public int Seed { get; init; }
}
