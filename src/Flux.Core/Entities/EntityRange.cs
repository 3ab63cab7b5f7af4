using System.Text;
using Flux.Core.Events;

namespace Flux.Core.Entities;

/// <summary>A half-open range of entity ids, in the order of <see cref="EntityIdOrder"/>: what a list or a snapshot reads.</summary>
/// <remarks>Both bounds are texts that every store can compare with: valid Unicode without U+0000. They need not be ids themselves.</remarks>
public sealed record EntityRange
{
    /// <summary>All ids.</summary>
    public static readonly EntityRange Everything = new(string.Empty, end: null);

    /// <summary>No id.</summary>
    public static readonly EntityRange Nothing = new(string.Empty, string.Empty);

    // No id holds U+0000, so nothing comes between an id and the same id with this after it.
    private const char Least = '\u0001';

    private EntityRange(string start, string? end) => (Start, End) = (start, end);

    /// <summary>Gets the least text in the range.</summary>
    public string Start { get; }

    /// <summary>Gets the least text after the range; null when it has no end.</summary>
    public string? End { get; }

    /// <summary>Gets a value indicating whether no id is in it.</summary>
    public bool IsEmpty => End is not null && Compare(Start, End) >= 0;

    /// <summary>Makes the range of one entity.</summary>
    /// <param name="key">The entity.</param>
    /// <returns>The range that holds its id and no other.</returns>
    public static EntityRange OfEntity(EntityKey key) => new(key.Id, key.Id + Least);

    /// <summary>Makes the range of the ids that start with a text.</summary>
    /// <param name="prefix">The text; empty for all ids.</param>
    /// <returns>The range; <see cref="Nothing"/> for a text that no id can start with.</returns>
    public static EntityRange OfPrefix(string prefix) => StoredText.IsValid(prefix) ? new(prefix, FindEnd(prefix)) : Nothing;

    /// <summary>Makes the range of a list: the ids of a namespace that start with a text.</summary>
    /// <param name="ns">The namespace; null for ids with and without one.</param>
    /// <param name="prefix">What the whole id starts with; empty for anything.</param>
    /// <returns>The range; <see cref="Nothing"/> when the two exclude each other.</returns>
    public static EntityRange OfNamespace(string? ns, string prefix)
    {
        if (ns is null)
        {
            return OfPrefix(prefix);
        }

        // An id without a slash is in no namespace, so none is in the one with the empty name either.
        var home = ns + '/';
        return prefix.StartsWith(home, StringComparison.Ordinal) ? OfPrefix(prefix)
            : home.StartsWith(prefix, StringComparison.Ordinal) ? OfPrefix(home)
            : Nothing;
    }

    /// <summary>Gives the ranges that hold exactly the ids of all the given ones.</summary>
    /// <param name="ranges">Any ranges, in any order.</param>
    /// <returns>Ranges in order that neither overlap nor touch; none when all were empty.</returns>
    public static IReadOnlyList<EntityRange> Union(IEnumerable<EntityRange> ranges)
    {
        var union = new List<EntityRange>();
        foreach (var range in ranges.Where(range => !range.IsEmpty).OrderBy(range => range.Start, EntityIdOrder.Instance))
        {
            if (union.Count > 0 && union[^1] is var last && (last.End is null || Compare(range.Start, last.End) <= 0))
            {
                var end = last.End is null || range.End is null ? null : Compare(last.End, range.End) >= 0 ? last.End : range.End;
                union[^1] = new EntityRange(last.Start, end);
            }
            else
            {
                union.Add(range);
            }
        }

        return union;
    }

    /// <summary>Gives what is left of the range after an id.</summary>
    /// <param name="id">The id; it may lie before the range or after it.</param>
    /// <returns>The rest; it may be empty.</returns>
    public EntityRange After(string id)
    {
        var next = id + Least;
        return Compare(next, Start) <= 0 ? this : new EntityRange(next, End);
    }

    /// <summary>Gives what is left of the range from a text on.</summary>
    /// <param name="start">The least text wanted, one that every store can compare with; it may lie before the range or after it.</param>
    /// <returns>The rest; it may be empty.</returns>
    public EntityRange From(string start) => Compare(start, Start) <= 0 ? this : new EntityRange(start, End);

    /// <summary>Says whether an id is in the range.</summary>
    /// <param name="id">The id.</param>
    /// <returns>True when it is.</returns>
    public bool Contains(string id) => Compare(id, Start) >= 0 && (End is null || Compare(id, End) < 0);

    private static int Compare(string a, string b) => EntityIdOrder.Instance.Compare(a, b);

    /// <summary>Finds the least text after all that start with the prefix.</summary>
    private static string? FindEnd(string prefix)
    {
        var runes = prefix.EnumerateRunes().ToList();
        while (runes.Count > 0)
        {
            var last = runes[^1].Value;
            runes.RemoveAt(runes.Count - 1);
            if (last < 0x10FFFF)
            {
                runes.Add(new Rune(last == 0xD7FF ? 0xE000 : last + 1)); // between them are the surrogates, which no text holds
                return string.Concat(runes);
            }
        }

        return null;
    }
}
