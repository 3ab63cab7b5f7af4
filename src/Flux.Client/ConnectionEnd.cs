namespace Flux.Client;

/// <summary>How a connection ended.</summary>
internal abstract record ConnectionEnd
{
    private ConnectionEnd()
    {
    }

    /// <summary>It was closed, or broke.</summary>
    public sealed record Lost(int CloseCode, string Reason) : ConnectionEnd;

    /// <summary>It was dropped because nothing came.</summary>
    public sealed record Silent(TimeSpan Silence, bool RanOutOfPatience) : ConnectionEnd;

    /// <summary>The server, or what it sent, ends all subscriptions for good.</summary>
    public sealed record Final(FluxException Error) : ConnectionEnd;
}
