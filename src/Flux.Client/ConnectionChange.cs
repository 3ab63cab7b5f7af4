namespace Flux.Client;

/// <summary>Something that happened to the connection of a client.</summary>
public abstract record ConnectionChange
{
    private ConnectionChange(Uri address, TimeSpan retryAfter) => (Address, RetryAfter) = (address, retryAfter);

    /// <summary>Gets the address of the silo.</summary>
    public Uri Address { get; }

    /// <summary>Gets when the next attempt begins, at the next address; zero when it is connected.</summary>
    public TimeSpan RetryAfter { get; }

    /// <summary>A connection was made, and the subscriptions were sent.</summary>
    public sealed record Connected : ConnectionChange
    {
        internal Connected(Uri address)
            : base(address, TimeSpan.Zero)
        {
        }
    }

    /// <summary>No connection could be made.</summary>
    public sealed record Unreachable : ConnectionChange
    {
        internal Unreachable(Uri address, Exception error, TimeSpan retryAfter)
            : base(address, retryAfter) => Error = error;

        /// <summary>Gets why.</summary>
        public Exception Error { get; }
    }

    /// <summary>The connection ended.</summary>
    public sealed record Lost : ConnectionChange
    {
        internal Lost(Uri address, int closeCode, string reason, TimeSpan retryAfter)
            : base(address, retryAfter) => (CloseCode, Reason) = (closeCode, reason);

        /// <summary>Gets the close code, see <see cref="Client.CloseCode"/>.</summary>
        public int CloseCode { get; }

        /// <summary>Gets what the server, or the network, gave as the reason.</summary>
        public string Reason { get; }
    }

    /// <summary>
    /// The feed is dead: the connection looked alive, and nothing came for too long, although this client was reading. What the application
    /// shows may be out of date from now on, until <see cref="SubscriptionItem.CaughtUp"/> or <see cref="SubscriptionItem.Progress"/>. The
    /// connection was dropped.
    /// </summary>
    public sealed record FeedLost : ConnectionChange
    {
        internal FeedLost(Uri address, TimeSpan silence, TimeSpan retryAfter)
            : base(address, retryAfter) => Silence = silence;

        /// <summary>Gets for how long nothing had come.</summary>
        public TimeSpan Silence { get; }
    }
}
