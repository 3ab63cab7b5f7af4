namespace Flux.Server.Subscriptions;

/// <summary>The sockets that were opened with tokens of one namespace, and what they use of its limits.</summary>
internal sealed class NamespaceSockets(string name)
{
    /// <summary>Gets the namespace.</summary>
    public string Name { get; } = name;

    /// <summary>Gets the sockets.</summary>
    public HashSet<Connection> Connections { get; } = [];

    /// <summary>Gets or sets how many subscriptions they have together.</summary>
    public int Subscriptions { get; set; }
}
