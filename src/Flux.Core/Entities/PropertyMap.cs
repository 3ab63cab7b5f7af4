using System.Buffers;
using System.Collections;
using System.Collections.Immutable;
using Flux.Core.Json;

namespace Flux.Core.Entities;

/// <summary>The properties of an entity: an immutable map from name to JSON text, in ordinal order of the names.</summary>
/// <remarks>
/// Most entities have few properties, and a sorted array copied at each change is the smallest and fastest for them. A large one becomes a tree,
/// so that one more event never copies a hundred thousand entries.
/// </remarks>
public sealed class PropertyMap : IEnumerable<KeyValuePair<string, byte[]>>
{
    /// <summary>No properties.</summary>
    public static readonly PropertyMap Empty = new([], tree: null, bytes: 0);

    // Above this, copying the array costs more than the tree's nodes.
    private const int MaxArray = 64;

    private readonly KeyValuePair<string, byte[]>[] _sorted;
    private readonly ImmutableSortedDictionary<string, byte[]>? _tree;

    private PropertyMap(KeyValuePair<string, byte[]>[] sorted, ImmutableSortedDictionary<string, byte[]>? tree, long bytes)
    {
        _sorted = sorted;
        _tree = tree;
        Bytes = bytes;
    }

    /// <summary>Gets how many properties there are.</summary>
    public int Count => _tree?.Count ?? _sorted.Length;

    /// <summary>Gets the size of all names (in characters) and values (in bytes).</summary>
    public long Bytes { get; }

    /// <summary>Finds a value.</summary>
    /// <param name="name">The property's name.</param>
    /// <param name="value">Its JSON text.</param>
    /// <returns>False when there is no such property.</returns>
    public bool TryGetValue(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out byte[]? value)
    {
        if (_tree is not null)
        {
            return _tree.TryGetValue(name, out value);
        }

        var at = IndexOf(_sorted, _sorted.Length, name);
        value = at >= 0 ? _sorted[at].Value : null;
        return at >= 0;
    }

    /// <summary>Makes the map with these properties set.</summary>
    /// <param name="changes">The names, each once, with their new values. Values are copied: a map keeps no payload alive.</param>
    /// <returns>The new map.</returns>
    public PropertyMap Set(ReadOnlySpan<Events.PropertyChange> changes) =>
        _tree is not null || _sorted.Length + changes.Length > MaxArray ? SetInTree(changes) : SetInArray(changes);

    /// <summary>Writes the properties as one JSON object, names in ordinal order, values as the producers wrote them.</summary>
    /// <param name="output">Where to.</param>
    public void WriteTo(IBufferWriter<byte> output)
    {
        output.Write("{"u8);
        var isFirst = true;
        foreach (var (name, value) in this)
        {
            if (!isFirst)
            {
                output.Write(","u8);
            }

            isFirst = false;
            JsonWrite.String(output, name);
            output.Write(":"u8);
            output.Write(value);
        }

        output.Write("}"u8);
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, byte[]>> GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, byte[]>>?)_tree ?? _sorted).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static int IndexOf(KeyValuePair<string, byte[]>[] sorted, int count, string name)
    {
        var (low, high) = (0, count - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = string.CompareOrdinal(sorted[middle].Key, name);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }

    private PropertyMap SetInArray(ReadOnlySpan<Events.PropertyChange> changes)
    {
        var (added, isSame) = (0, true);
        foreach (var change in changes)
        {
            var at = IndexOf(_sorted, _sorted.Length, change.Name);
            added += at < 0 ? 1 : 0;
            isSame = isSame && at >= 0 && _sorted[at].Value.AsSpan().SequenceEqual(change.Value.Span);
        }

        if (isSame)
        {
            return this;
        }

        var sorted = new KeyValuePair<string, byte[]>[_sorted.Length + added];
        _sorted.CopyTo(sorted, 0);
        var (count, bytes) = (_sorted.Length, Bytes);
        foreach (var change in changes)
        {
            var at = IndexOf(sorted, count, change.Name);
            if (at >= 0)
            {
                if (sorted[at].Value.AsSpan().SequenceEqual(change.Value.Span))
                {
                    continue; // most values of most events are the former ones
                }

                bytes -= sorted[at].Value.Length;
            }
            else
            {
                at = ~at;
                Array.Copy(sorted, at, sorted, at + 1, count - at);
                count++;
                bytes += change.Name.Length;
            }

            bytes += change.Value.Length;
            sorted[at] = new KeyValuePair<string, byte[]>(change.Name, change.Value.ToArray());
        }

        return new PropertyMap(sorted, tree: null, bytes);
    }

    private PropertyMap SetInTree(ReadOnlySpan<Events.PropertyChange> changes)
    {
        var tree = (_tree ?? ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, _sorted)).ToBuilder();
        var bytes = Bytes;
        foreach (var change in changes)
        {
            bytes += tree.TryGetValue(change.Name, out var former) ? -former.Length : change.Name.Length;
            bytes += change.Value.Length;
            tree[change.Name] = change.Value.ToArray();
        }

        return new PropertyMap([], tree.ToImmutable(), bytes);
    }
}
