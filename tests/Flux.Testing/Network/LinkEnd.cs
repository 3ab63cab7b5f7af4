namespace Flux.Testing.Network;

/// <summary>The two ends of a connection.</summary>
public enum LinkEnd
{
    /// <summary>The one that has made it.</summary>
    Client,

    /// <summary>The one that has taken it.</summary>
    Server,
}
