namespace Flux.Testing.History;

/// <summary>One thing that happened on one socket. The lines of a socket are in order.</summary>
public sealed record SocketRecord
{
    /// <summary>The kind of the line that begins a socket.</summary>
    public const string Open = "open";

    /// <summary>The kind of a subscribe frame that was sent.</summary>
    public const string Subscribe = "subscribe";

    /// <summary>The kind of an unsubscribe frame that was sent.</summary>
    public const string Unsubscribe = "unsubscribe";

    /// <summary>
    /// The kind of the line that says: the client has seen that its subscriptions are in force, by the frame at this position. The classic protocol
    /// acknowledges nothing, so between a subscribe frame and this line frames outside the filter are no fault and missing ones neither.
    /// </summary>
    public const string Armed = "armed";

    /// <summary>The kind of a text frame that was received.</summary>
    public const string Frame = "frame";

    /// <summary>The kind of the line that says: ingest had stopped at this position, and the socket was given its time to receive all of it.</summary>
    public const string Quiesced = "quiesced";

    /// <summary>The kind of the line that ends a socket.</summary>
    public const string Close = "close";

    /// <summary>Gets the time.</summary>
    public required long At { get; init; }

    /// <summary>Gets the socket's name, one for each connection.</summary>
    public required string Socket { get; init; }

    /// <summary>Gets the node it is connected to.</summary>
    public string? Node { get; init; }

    /// <summary>Gets the id (not the text) of the token that it was opened with.</summary>
    public string? Token { get; init; }

    /// <summary>Gets what happened.</summary>
    public required string Kind { get; init; }

    /// <summary>Gets what was subscribed or unsubscribed.</summary>
    public string? Filter { get; init; }

    /// <summary>Gets the position that an <see cref="Armed"/> or <see cref="Quiesced"/> line speaks of.</summary>
    public long? Position { get; init; }

    /// <summary>Gets the received frame's bytes.</summary>
    public byte[]? Raw { get; init; }

    /// <summary>Gets the close code; null when the connection ended without one.</summary>
    public int? CloseCode { get; init; }

    /// <summary>Gets a value indicating whether the client ended the socket.</summary>
    public bool ByClient { get; init; }
}
