namespace Flux.Client;

/// <summary>Client and server do not understand each other: the server sent what is no frame, or refused a message that is about no subscription.</summary>
public sealed class FluxProtocolException : FluxException
{
    internal FluxProtocolException(string message, Exception? inner)
        : base(message, inner)
    {
    }
}
