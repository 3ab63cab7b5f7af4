using System.Runtime.InteropServices;
using Flux.Core.Entities;
using Flux.Core.Log;

namespace Flux.EventLog.Past;

/// <summary>What a stretch of the log did to the entities of a range.</summary>
internal sealed class PastChanges(EntityRange range, long maxBytes) : IEventSink
{
    private readonly Dictionary<string, PastChange> _changes = new(StringComparer.Ordinal);
    private PastChange? _wanting;
    private long _bytes;
    private bool _lacksEvents; // then each entity is read by itself

    /// <inheritdoc/>
    public bool IsFull => _lacksEvents || _bytes > maxBytes;

    /// <inheritdoc/>
    public void Miss() => _lacksEvents = true;

    /// <inheritdoc/>
    public bool Wants(ReadOnlySpan<char> id)
    {
        var known = _changes.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!known.TryGetValue(id, out _wanting) && id.ToString() is var text && range.Contains(text))
        {
            _changes.Add(text, _wanting = new PastChange(text));
            _bytes += _wanting.Size;
        }

        return _wanting is not null;
    }

    /// <inheritdoc/>
    public void Take(long version, byte[]? payload, Timestamp recordedAt)
    {
        var before = _wanting!.Size;
        _wanting.Apply(version, payload, recordedAt);
        _bytes += _wanting.Size - before;
    }

    /// <summary>Gives them in the order of the ids.</summary>
    public List<PastChange> Sort()
    {
        List<PastChange> sorted = [.. _changes.Values];
        CollectionsMarshal.AsSpan(sorted).Sort(static (a, b) => EntityIdOrder.Instance.Compare(a.Id, b.Id));
        return sorted;
    }
}
