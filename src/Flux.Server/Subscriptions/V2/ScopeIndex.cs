using Flux.Core.Subscriptions;

namespace Flux.Server.Subscriptions.V2;

/// <summary>Who wants to hear of which entity. Finding them costs what the id costs, whatever the number of subscriptions. Not safe for several threads.</summary>
internal sealed class ScopeIndex<TSubscriber>
    where TSubscriber : class
{
    private readonly Dictionary<string, HashSet<TSubscriber>> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<TSubscriber>> _prefixes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<TSubscriber>>.AlternateLookup<ReadOnlySpan<char>> _byPrefix;
    private readonly SortedDictionary<int, int> _lengths = []; // of the prefixes, with how many there are

    public ScopeIndex() => _byPrefix = _prefixes.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Adds a subscriber; it must not be there.</summary>
    public void Add(TSubscriber subscriber, Scope scope)
    {
        foreach (var id in scope.Ids)
        {
            Add(_ids, id, subscriber);
        }

        foreach (var prefix in scope.Prefixes)
        {
            if (Add(_prefixes, prefix, subscriber))
            {
                _lengths[prefix.Length] = _lengths.GetValueOrDefault(prefix.Length) + 1;
            }
        }
    }

    /// <summary>Removes a subscriber; nothing happens when it is not there.</summary>
    public void Remove(TSubscriber subscriber, Scope scope)
    {
        foreach (var id in scope.Ids)
        {
            Remove(_ids, id, subscriber);
        }

        foreach (var prefix in scope.Prefixes)
        {
            if (Remove(_prefixes, prefix, subscriber) && --_lengths[prefix.Length] == 0)
            {
                _lengths.Remove(prefix.Length);
            }
        }
    }

    /// <summary>Adds to <paramref name="found"/> those who want to hear of an entity, each once: prefixes of one scope do not cover each other or its ids.</summary>
    public void Find(string id, List<TSubscriber> found)
    {
        if (_ids.TryGetValue(id, out var exact))
        {
            found.AddRange(exact);
        }

        foreach (var (length, _) in _lengths)
        {
            if (length > id.Length)
            {
                break;
            }

            if (_byPrefix.TryGetValue(id.AsSpan(0, length), out var starting))
            {
                found.AddRange(starting);
            }
        }
    }

    private static bool Add(Dictionary<string, HashSet<TSubscriber>> listed, string key, TSubscriber subscriber)
    {
        var isNew = !listed.TryGetValue(key, out var subscribers);
        if (isNew)
        {
            listed.Add(key, subscribers = []);
        }

        subscribers!.Add(subscriber);
        return isNew;
    }

    private static bool Remove(Dictionary<string, HashSet<TSubscriber>> listed, string key, TSubscriber subscriber) =>
        listed.TryGetValue(key, out var subscribers) && subscribers.Remove(subscriber) && subscribers.Count == 0 && listed.Remove(key);
}
