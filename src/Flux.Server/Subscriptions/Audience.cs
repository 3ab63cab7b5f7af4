using Flux.Core.Log;
using Flux.Core.Namespaces;
using Flux.Grains.Namespaces;
using Flux.Server.Namespaces;

namespace Flux.Server.Subscriptions;

/// <summary>Who is to hear of which change: who wants to, and may. Not safe for several threads.</summary>
/// <remarks>What is in a hidden namespace is looked for by those only who hold one of its tokens, and by the rights of this moment.</remarks>
internal sealed class Audience(NamespaceDirectory directory, SubscriptionOptions options)
{
    private readonly SubscriptionIndex<Connection> _index = new();
    private readonly TokenSockets _tokens = new();
    private readonly HashSet<Connection> _others = []; // whose changes come from elsewhere: all but the classic ones

    /// <summary>Gets all connections.</summary>
    public IEnumerable<Connection> All => _index.All.Concat(_others);

    /// <summary>Gets those who want everything.</summary>
    public HashSet<Connection> Everything => _index.Everything;

    /// <summary>Gets those who do not.</summary>
    public HashSet<Connection> Selective => _index.Selective;

    /// <summary>Adds a socket.</summary>
    /// <returns>False when as many sockets are open with tokens of its namespace as may be.</returns>
    public bool TryAdd(Connection connection)
    {
        _tokens.Add(connection);
        if (connection.Namespace is { } sockets && sockets.Connections.Count > (LimitsOf(sockets).Sockets ?? options.MaxSocketsOfNamespace))
        {
            _tokens.Remove(connection, subscriptions: 0);
            return false;
        }

        if (connection.Protocol == ConnectionProtocol.Classic)
        {
            _index.Add(connection);
        }
        else
        {
            _others.Add(connection);
        }

        return true;
    }

    /// <summary>Gives a connection other rights: its client has shown a token.</summary>
    /// <returns>False when as many sockets are open with tokens of that namespace as may be: nothing has changed.</returns>
    public bool TryChangeRights(Connection connection, ReadRights rights)
    {
        var former = connection.Rights;
        _tokens.Remove(connection, connection.Patterns);
        connection.Rights = rights;
        _tokens.Add(connection);
        if (connection.Namespace is { } sockets && sockets.Connections.Count > (LimitsOf(sockets).Sockets ?? options.MaxSocketsOfNamespace))
        {
            _tokens.Remove(connection, subscriptions: 0);
            connection.Rights = former;
            _tokens.Add(connection);
            return false;
        }

        return true;
    }

    /// <summary>Counts ids and prefixes that a connection subscribes to, unless they were too many for it or for the namespace of its token.</summary>
    /// <returns>Whether it may.</returns>
    public bool TryCount(Connection connection, int patterns)
    {
        var sockets = connection.Namespace;
        if (connection.Patterns + patterns > options.MaxSubscriptions
            || (sockets is not null && sockets.Subscriptions + patterns > (LimitsOf(sockets).Subscriptions ?? options.MaxSubscriptionsOfNamespace)))
        {
            return false;
        }

        Count(connection, patterns);
        return true;
    }

    /// <summary>Counts ids and prefixes that a connection subscribes to; negative for those that it does no longer.</summary>
    public static void Count(Connection connection, int patterns)
    {
        connection.Patterns += patterns;
        if (connection.Namespace is { } sockets)
        {
            sockets.Subscriptions += patterns;
        }
    }

    /// <summary>Removes a socket.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(Connection connection)
    {
        if (_others.Remove(connection))
        {
            _tokens.Remove(connection, connection.Patterns);
            return true;
        }

        if (_index.Remove(connection) is not { } subscriptions)
        {
            return false;
        }

        _tokens.Remove(connection, subscriptions);
        return true;
    }

    /// <summary>Adds a subscription, unless that were one too many for the socket or for the namespace of its token.</summary>
    public void Subscribe(Connection connection, string pattern)
    {
        var sockets = connection.Namespace;
        if (sockets is not null && sockets.Subscriptions >= (LimitsOf(sockets).Subscriptions ?? options.MaxSubscriptionsOfNamespace))
        {
            return;
        }

        if (_index.Subscribe(connection, pattern, options.MaxSubscriptions) && sockets is not null)
        {
            sockets.Subscriptions++;
        }
    }

    /// <summary>Removes a subscription.</summary>
    public void Unsubscribe(Connection connection, string pattern)
    {
        if (_index.Unsubscribe(connection, pattern) && connection.Namespace is { } sockets)
        {
            sockets.Subscriptions--;
        }
    }

    /// <summary>Says whether one socket is to hear of a change.</summary>
    public bool Includes(Connection connection, RecordedEvent recorded)
    {
        var id = recorded.Data.Payload.EntityId!;
        return (recorded.Data.Payload.Change.IsDeletion || _index.Wants(connection, id)) && connection.Rights.CanRead(id);
    }

    /// <summary>Finds who is to hear of a change that everybody may see, besides those who want everything.</summary>
    public void Find(RecordedEvent recorded, List<Connection> found)
    {
        if (recorded.Data.Payload.Change.IsDeletion)
        {
            found.AddRange(_index.Selective);
        }
        else if (_index.Selective.Count > 0)
        {
            _index.Find(recorded.Data.Payload.EntityId!, found);
        }
    }

    /// <summary>Finds everybody who is to hear of a change in a hidden namespace.</summary>
    public void Find(RecordedEvent recorded, NamespaceRecord hidden, List<Connection> found)
    {
        if (_tokens.Find(hidden.Name) is not { } sockets)
        {
            return;
        }

        var id = recorded.Data.Payload.EntityId!;
        var isDeletion = recorded.Data.Payload.Change.IsDeletion;
        foreach (var connection in sockets.Connections)
        {
            if (connection.Protocol == ConnectionProtocol.Classic && (isDeletion || _index.Everything.Contains(connection)))
            {
                found.Add(connection);
            }
        }

        if (!isDeletion)
        {
            _index.Find(id, found);
        }

        found.RemoveAll(connection => connection.Namespace != sockets || !connection.Rights.CanRead(id, hidden));
    }

    /// <summary>Counts the sockets that are open with tokens of a namespace, and their subscriptions.</summary>
    public (int Sockets, int Subscriptions) CountSockets(string ns) => _tokens.Find(ns) is { } sockets ? (sockets.Connections.Count, sockets.Subscriptions) : default;

    /// <summary>Removes the sockets whose token works no longer.</summary>
    /// <returns>Each with the reason.</returns>
    public List<(Connection Connection, TokenEnd Reason)> RemoveEnded()
    {
        var ended = _tokens.FindEnded();
        foreach (var (connection, _) in ended)
        {
            Remove(connection);
        }

        return ended;
    }

    /// <summary>Takes note of a namespace's record.</summary>
    public void OnRecord(NamespaceRecord record) => _tokens.OnRecord(record, connection => connection.Patterns + _index.Count(connection));

    private NamespaceLimits LimitsOf(NamespaceSockets sockets) => directory.Find(sockets.Name)?.Limits ?? NamespaceLimits.None;
}
