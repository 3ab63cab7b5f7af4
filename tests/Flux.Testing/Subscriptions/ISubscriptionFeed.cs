namespace Flux.Testing.Subscriptions;

/// <summary>One connection with one subscription on it.</summary>
internal interface ISubscriptionFeed : IAsyncDisposable
{
    /// <summary>Gets how it ended, once <see cref="ReadAsync"/> has said so.</summary>
    FeedEnding Ending { get; }

    /// <summary>Reads the next frame; null when the connection has ended.</summary>
    ValueTask<FeedItem?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Resets the TCP connection, as a network does that breaks.</summary>
    void Cut();
}
