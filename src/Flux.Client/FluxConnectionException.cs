namespace Flux.Client;

/// <summary>The server turned this client away for good.</summary>
public sealed class FluxConnectionException : FluxException
{
    internal FluxConnectionException(int code, string reason)
        : base(reason.Length == 0 ? $"closed with {code}" : $"closed with {code}: {reason}", inner: null) => Code = code;

    internal FluxConnectionException(int status, Exception inner)
        : base($"the upgrade was refused with {status}", inner) => Code = status;

    /// <summary>
    /// Gets the close code (see <see cref="CloseCode"/>), or the HTTP status (below 1000) with which the upgrade was refused.
    /// </summary>
    public int Code { get; }
}
