using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;

namespace Flux.Core.Subscriptions;

/// <summary>Which entities a subscription is about: some by their ids, others by what their ids start with.</summary>
public sealed class Scope
{
    private const string All = "*";
    private const string InNamespace = "/*";

    private readonly HashSet<string> _ids;
    private readonly string[] _prefixes;

    /// <summary>Initializes a new instance of the <see cref="Scope"/> class.</summary>
    /// <param name="patterns">Ids, <c>ns/*</c> for all that start with <c>ns/</c>, and <c>*</c> for everything.</param>
    /// <param name="prefixes">What ids start with; an empty one stands for everything.</param>
    public Scope(IEnumerable<string> patterns, IEnumerable<string> prefixes)
    {
        _ids = new HashSet<string>(StringComparer.Ordinal);
        var starts = new HashSet<string>(prefixes, StringComparer.Ordinal);
        foreach (var pattern in patterns)
        {
            if (pattern == All)
            {
                starts.Add(string.Empty);
            }
            else if (pattern.EndsWith(InNamespace, StringComparison.Ordinal))
            {
                starts.Add(pattern[..^1]);
            }
            else
            {
                _ids.Add(pattern);
            }
        }

        // What another one covers says nothing; in ordinal order it stands behind the one that covers it.
        var kept = new List<string>();
        foreach (var prefix in starts.Order(StringComparer.Ordinal))
        {
            if (kept.Count == 0 || !prefix.StartsWith(kept[^1], StringComparison.Ordinal))
            {
                kept.Add(prefix);
            }
        }

        _prefixes = [.. kept];
        _ids.RemoveWhere(StartsWithAny);
    }

    /// <summary>Gets the ids, without those that a prefix covers.</summary>
    public IReadOnlyCollection<string> Ids => _ids;

    /// <summary>Gets the prefixes, none of which covers another.</summary>
    public IReadOnlyList<string> Prefixes => _prefixes;

    /// <summary>Gets a value indicating whether every entity is in it.</summary>
    public bool IsEverything => _prefixes.Length == 1 && _prefixes[0].Length == 0;

    /// <summary>Gets how many ids and prefixes it has.</summary>
    public int Count => _ids.Count + _prefixes.Length;

    /// <summary>Says whether an entity is in it.</summary>
    /// <param name="id">The entity's id.</param>
    /// <returns>Whether it is.</returns>
    public bool Includes(string id) => _ids.Contains(id) || StartsWithAny(id);

    /// <summary>Gives the ids in it as ranges that do not overlap, in ordinal order of their UTF-8 bytes.</summary>
    /// <returns>The ranges.</returns>
    public IReadOnlyList<EntityRange> ToRanges() => EntityRange.Union([.. _prefixes.Select(EntityRange.OfPrefix), .. _ids.Select(id => EntityRange.OfEntity(EntityKey.Trusted(id)))]);

    /// <summary>Gives the smallest scope of the log that holds all events of these entities.</summary>
    /// <returns>The scope.</returns>
    public LogScope ToLogScope()
    {
        if (_ids.Count == 1 && _prefixes.Length == 0)
        {
            return new LogScope.OfEntity(EntityKey.Trusted(_ids.First()));
        }

        string? common = null;
        foreach (var start in _ids.Concat(_prefixes))
        {
            // A prefix without a slash may be one of many namespaces, an id without one has none.
            var ns = EntityKey.Trusted(start).Namespace;
            if (ns.Length == 0 || (common is not null && !string.Equals(common, ns, StringComparison.Ordinal)))
            {
                return LogScope.All;
            }

            common = ns;
        }

        return common is null ? LogScope.All : new LogScope.OfNamespace(common);
    }

    private bool StartsWithAny(string id)
    {
        foreach (var prefix in _prefixes)
        {
            if (id.StartsWith(prefix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
