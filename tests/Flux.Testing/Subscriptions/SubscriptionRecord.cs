namespace Flux.Testing.Subscriptions;

/// <summary>One thing that happened to a subscriber. Times are of the clock of the history.</summary>
/// <param name="At">When.</param>
internal abstract record SubscriptionRecord(long At)
{
    /// <summary>A connection was made, and the subscription asked for on it.</summary>
    /// <param name="At">When it was asked for.</param>
    /// <param name="Node">Where.</param>
    /// <param name="Start">From where on.</param>
    /// <param name="Position">The position that a cursor of somebody else stands for; null for one of its own.</param>
    public sealed record Opened(long At, string Node, SubscriptionStart Start, long? Position = null) : SubscriptionRecord(At);

    /// <summary>A frame arrived.</summary>
    /// <param name="At">When.</param>
    /// <param name="Raw">Its bytes.</param>
    public sealed record Received(long At, byte[] Raw) : SubscriptionRecord(At);

    /// <summary>A server-sent event arrived.</summary>
    /// <param name="At">When.</param>
    /// <param name="Name">Its name.</param>
    /// <param name="Id">Its id; empty for none.</param>
    /// <param name="Raw">Its data.</param>
    public sealed record ReceivedEvent(long At, string Name, string Id, byte[] Raw) : SubscriptionRecord(At);

    /// <summary>The connection ended, however.</summary>
    /// <param name="At">When.</param>
    /// <param name="ByClient">Whether the client had ended or cut it.</param>
    /// <param name="Code">The close code; null for none.</param>
    /// <param name="Reason">The text beside the code.</param>
    public sealed record Ended(long At, bool ByClient, int? Code, string Reason) : SubscriptionRecord(At);

    /// <summary>The client went on to read after it had not read for a while.</summary>
    /// <param name="At">When it went on.</param>
    /// <param name="Since">Since when it had not read.</param>
    public sealed record Stalled(long At, long Since) : SubscriptionRecord(At);

    /// <summary>Ingest had stopped at this position, and the subscriber was given its time to receive all of it.</summary>
    /// <param name="At">When.</param>
    /// <param name="Position">The head.</param>
    public sealed record Quiesced(long At, long Position) : SubscriptionRecord(At);
}
