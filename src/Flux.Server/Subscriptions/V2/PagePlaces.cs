using Flux.Core.Log;
using Flux.Core.Subscriptions;

namespace Flux.Server.Subscriptions.V2;

/// <summary>Where in a page the changes of an entity and of a namespace stand.</summary>
internal sealed class PagePlaces
{
    private readonly Dictionary<string, List<int>> _ofIds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<int>> _ofNamespaces = new(StringComparer.Ordinal); // by what their ids start with: the name and the slash

    public PagePlaces(IReadOnlyList<RecordedEvent> events)
    {
        for (var place = 0; place < events.Count; place++)
        {
            if (events[place].Data.Payload.EntityId is { } id)
            {
                Add(_ofIds, id, place);
                if (id.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0)
                {
                    Add(_ofNamespaces, id[..(slash + 1)], place);
                }
            }
        }
    }

    /// <summary>Finds the changes in a scope.</summary>
    /// <returns>Their places in order; null when the scope has prefixes other than whole namespaces, for which nothing is known here.</returns>
    public List<int>? Find(Scope scope)
    {
        var found = new List<int>();
        foreach (var prefix in scope.Prefixes)
        {
            if (prefix.IndexOf('/', StringComparison.Ordinal) is var slash && (slash < 0 || slash != prefix.Length - 1))
            {
                return null;
            }

            found.AddRange(_ofNamespaces.GetValueOrDefault(prefix) ?? []);
        }

        foreach (var id in scope.Ids)
        {
            found.AddRange(_ofIds.GetValueOrDefault(id) ?? []);
        }

        found.Sort(); // none is there twice: prefixes of one scope do not cover each other or its ids
        return found;
    }

    private static void Add(Dictionary<string, List<int>> places, string key, int place)
    {
        if (!places.TryGetValue(key, out var known))
        {
            places.Add(key, known = []);
        }

        known.Add(place);
    }
}
