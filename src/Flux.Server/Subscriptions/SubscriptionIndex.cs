namespace Flux.Server.Subscriptions;

/// <summary>Who wants to hear of which entity. Finding them costs what the id costs, whatever the number of subscriptions. Not safe for several threads.</summary>
/// <remarks>A set that is empty or holds <c>*</c> stands for everything; <c>ns/*</c> for every id that starts with <c>ns/</c>. Source: wire-contract section 15.</remarks>
internal sealed class SubscriptionIndex<TSubscriber>
    where TSubscriber : class
{
    private readonly Dictionary<TSubscriber, Entry> _entries = [];
    private readonly HashSet<TSubscriber> _everything = [];
    private readonly HashSet<TSubscriber> _selective = [];
    private readonly Dictionary<string, HashSet<Entry>> _exact = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<Entry>> _prefixes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<Entry>>.AlternateLookup<ReadOnlySpan<char>> _prefixLookup;
    private int _longestPrefix;
    private long _round;

    public SubscriptionIndex() => _prefixLookup = _prefixes.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Gets everybody.</summary>
    public Dictionary<TSubscriber, Entry>.KeyCollection All => _entries.Keys;

    /// <summary>Gets those who want everything.</summary>
    public HashSet<TSubscriber> Everything => _everything;

    /// <summary>Gets those who do not.</summary>
    public HashSet<TSubscriber> Selective => _selective;

    /// <summary>Adds a subscriber with an empty set.</summary>
    public void Add(TSubscriber subscriber)
    {
        _entries.Add(subscriber, new Entry(subscriber));
        _everything.Add(subscriber);
    }

    /// <summary>Removes a subscriber with all its subscriptions.</summary>
    /// <returns>How many subscriptions it had; null when it was not there.</returns>
    public int? Remove(TSubscriber subscriber)
    {
        if (!_entries.Remove(subscriber, out var entry))
        {
            return null;
        }

        foreach (var pattern in entry.Patterns)
        {
            Unlist(entry, pattern);
        }

        _everything.Remove(subscriber);
        _selective.Remove(subscriber);
        return entry.Patterns.Count;
    }

    /// <summary>Adds a subscription; one that is there already stays one.</summary>
    /// <param name="subscriber">Who.</param>
    /// <param name="pattern">An id, <c>ns/*</c> or <c>*</c>.</param>
    /// <param name="most">How many a subscriber may have: beyond that nothing changes.</param>
    /// <returns>Whether it was added.</returns>
    public bool Subscribe(TSubscriber subscriber, string pattern, int most)
    {
        if (_entries.TryGetValue(subscriber, out var entry) && entry.Patterns.Count < most && entry.Patterns.Add(pattern))
        {
            List(entry, pattern);
            Sort(entry);
            return true;
        }

        return false;
    }

    /// <summary>Removes a subscription; one that is not there stays away.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Unsubscribe(TSubscriber subscriber, string pattern)
    {
        if (_entries.TryGetValue(subscriber, out var entry) && entry.Patterns.Remove(pattern))
        {
            Unlist(entry, pattern);
            Sort(entry);
            return true;
        }

        return false;
    }

    /// <summary>Gives the number of a subscriber's subscriptions.</summary>
    public int Count(TSubscriber subscriber) => _entries.TryGetValue(subscriber, out var entry) ? entry.Patterns.Count : 0;

    /// <summary>Adds those to <paramref name="found"/>, each once, who do not want everything but this entity.</summary>
    public void Find(string id, List<TSubscriber> found)
    {
        _round++;
        if (_exact.TryGetValue(id, out var exact))
        {
            Add(exact, found);
        }

        var rest = id.AsSpan(0, Math.Min(id.Length, _longestPrefix));
        for (var slash = rest.LastIndexOf('/'); slash >= 0; slash = rest[..slash].LastIndexOf('/'))
        {
            if (_prefixLookup.TryGetValue(rest[..(slash + 1)], out var prefix))
            {
                Add(prefix, found);
            }
        }
    }

    /// <summary>Says whether one subscriber wants this entity, whatever others want.</summary>
    public bool Wants(TSubscriber subscriber, string id)
    {
        if (_everything.Contains(subscriber))
        {
            return true;
        }

        if (!_entries.TryGetValue(subscriber, out var entry))
        {
            return false;
        }

        if (_exact.TryGetValue(id, out var exact) && exact.Contains(entry))
        {
            return true;
        }

        var rest = id.AsSpan(0, Math.Min(id.Length, _longestPrefix));
        for (var slash = rest.LastIndexOf('/'); slash >= 0; slash = rest[..slash].LastIndexOf('/'))
        {
            if (_prefixLookup.TryGetValue(rest[..(slash + 1)], out var prefix) && prefix.Contains(entry))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsPrefix(string pattern) => pattern.EndsWith("/*", StringComparison.Ordinal);

    private void Add(HashSet<Entry> entries, List<TSubscriber> found)
    {
        foreach (var entry in entries)
        {
            if (entry.Round != _round && !_everything.Contains(entry.Subscriber))
            {
                entry.Round = _round;
                found.Add(entry.Subscriber);
            }
        }
    }

    private void Sort(Entry entry)
    {
        var wantsAll = entry.Patterns.Count == 0 || entry.Patterns.Contains("*");
        (wantsAll ? _selective : _everything).Remove(entry.Subscriber);
        (wantsAll ? _everything : _selective).Add(entry.Subscriber);
    }

    private void List(Entry entry, string pattern)
    {
        var (listed, key) = Place(pattern);
        if (!listed.TryGetValue(key, out var entries))
        {
            listed.Add(key, entries = []);
            _longestPrefix = IsPrefix(pattern) ? Math.Max(_longestPrefix, key.Length) : _longestPrefix;
        }

        entries.Add(entry);
    }

    private void Unlist(Entry entry, string pattern)
    {
        var (listed, key) = Place(pattern);
        if (listed.TryGetValue(key, out var entries) && entries.Remove(entry) && entries.Count == 0)
        {
            listed.Remove(key);
            _longestPrefix = _prefixes.Count == 0 ? 0 : _longestPrefix;
        }
    }

    private (Dictionary<string, HashSet<Entry>> Listed, string Key) Place(string pattern) =>
        IsPrefix(pattern) ? (_prefixes, pattern[..^1]) : (_exact, pattern);

    /// <summary>A subscriber and its set.</summary>
    internal sealed class Entry(TSubscriber subscriber)
    {
        public TSubscriber Subscriber { get; } = subscriber;

        public HashSet<string> Patterns { get; } = new(StringComparer.Ordinal);

        /// <summary>Gets or sets the search that has found this entry last, so that none finds it twice.</summary>
        public long Round { get; set; }
    }
}
