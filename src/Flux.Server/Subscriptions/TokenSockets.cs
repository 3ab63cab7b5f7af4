using Flux.Core.Namespaces;
using Flux.Server.Namespaces;

namespace Flux.Server.Subscriptions;

/// <summary>Which sockets were opened with a token, by namespace: who may see what is hidden is found among them. Not safe for several threads.</summary>
/// <remarks>A socket is in it for as long as its token works. One whose token was dead from the start is like one without a token.</remarks>
internal sealed class TokenSockets
{
    private readonly Dictionary<string, NamespaceSockets> _namespaces = new(StringComparer.Ordinal);

    // A token may have been issued a moment ago through another silo: the feed will bring it, or it is one that nobody has issued.
    private readonly Dictionary<TokenHash, HashSet<Connection>> _unknown = [];

    /// <summary>Finds the sockets of a namespace.</summary>
    /// <returns>The sockets; null when there are none.</returns>
    public NamespaceSockets? Find(string name) => _namespaces.GetValueOrDefault(name);

    /// <summary>Adds a socket, if it has a token.</summary>
    public void Add(Connection connection)
    {
        if (connection.Rights.Token is not { } hash)
        {
            return;
        }

        if (connection.Rights.FindNamespace() is not { } record)
        {
            if (!_unknown.TryGetValue(hash, out var waiting))
            {
                _unknown.Add(hash, waiting = []);
            }

            waiting.Add(connection);
        }
        else if (connection.Rights.WhyEnded(record.Name) is null)
        {
            Join(connection, record.Name);
        }
    }

    /// <summary>Removes a socket, if it is there.</summary>
    /// <param name="connection">The socket.</param>
    /// <param name="subscriptions">How many subscriptions it had.</param>
    public void Remove(Connection connection, int subscriptions)
    {
        if (connection.Namespace is { } sockets)
        {
            connection.Namespace = null;
            sockets.Connections.Remove(connection);
            sockets.Subscriptions -= subscriptions;
            if (sockets.Connections.Count == 0)
            {
                _namespaces.Remove(sockets.Name);
            }
        }
        else if (connection.Rights.Token is { } hash && _unknown.TryGetValue(hash, out var waiting) && waiting.Remove(connection) && waiting.Count == 0)
        {
            _unknown.Remove(hash);
        }
    }

    /// <summary>Takes note of a namespace's record: sockets may have waited for one of its tokens.</summary>
    /// <param name="record">The record.</param>
    /// <param name="countSubscriptions">Says how many subscriptions a socket has.</param>
    public void OnRecord(NamespaceRecord record, Func<Connection, int> countSubscriptions)
    {
        if (_unknown.Count == 0)
        {
            return;
        }

        foreach (var token in record.Tokens)
        {
            if (!_unknown.Remove(TokenHash.Parse(token.Hash), out var waiting))
            {
                continue;
            }

            foreach (var connection in waiting)
            {
                Add(connection);
                if (connection.Namespace is { } sockets)
                {
                    // Beyond the limit too: it was let in before anybody knew whose it is.
                    sockets.Subscriptions += countSubscriptions(connection);
                }
            }
        }
    }

    /// <summary>Finds the sockets whose token works no longer.</summary>
    /// <returns>Each with the reason.</returns>
    public List<(Connection Connection, TokenEnd Reason)> FindEnded()
    {
        var ended = new List<(Connection, TokenEnd)>();
        foreach (var sockets in _namespaces.Values)
        {
            foreach (var connection in sockets.Connections)
            {
                if (connection.Rights.WhyEnded(sockets.Name) is { } reason)
                {
                    ended.Add((connection, reason));
                }
            }
        }

        return ended;
    }

    private void Join(Connection connection, string name)
    {
        if (!_namespaces.TryGetValue(name, out var sockets))
        {
            _namespaces.Add(name, sockets = new NamespaceSockets(name));
        }

        sockets.Connections.Add(connection);
        connection.Namespace = sockets;
    }
}
