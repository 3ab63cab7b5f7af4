using Flux.Core.Log;

namespace Flux.Server.Subscriptions.V2;

/// <summary>The last changes of a feed, so that who has read the log almost to its end can join without another read. Not safe for several threads.</summary>
internal sealed class FeedTail
{
    /// <summary>How many bytes of frames one that joins is given in one go, at most; beyond it the log is read at its pace.</summary>
    public const int JoinBytes = 256 * 1024;

    private const int Capacity = 1024;

    // A few large events must not hold much memory.
    private const long MaxBytes = 4 * 1024 * 1024;

    private readonly JudgedChange[] _ring = new JudgedChange[Capacity];
    private long _first; // the numbers of the oldest and of the next one: the place in the ring is the rest of a division
    private long _next;
    private long _bytes;

    /// <summary>Adds the next change.</summary>
    public void Add(JudgedChange change)
    {
        if (_next - _first == Capacity)
        {
            DropOldest();
        }

        _ring[_next++ % Capacity] = change;
        _bytes += Size(change);
        while (_bytes > MaxBytes && _next - _first > 1)
        {
            DropOldest();
        }
    }

    /// <summary>Gives the last changes.</summary>
    /// <param name="count">How many.</param>
    /// <param name="changes">Takes them.</param>
    /// <returns>False when so many are not kept.</returns>
    public bool TryRead(long count, List<JudgedChange> changes)
    {
        changes.Clear();
        if (count > _next - _first)
        {
            return false;
        }

        for (var number = _next - count; number < _next; number++)
        {
            changes.Add(_ring[number % Capacity]);
        }

        return true;
    }

    /// <summary>Finds one of the last changes.</summary>
    /// <param name="back">How many came after it.</param>
    /// <returns>The event; null when it is not kept.</returns>
    public RecordedEvent? Find(long back) => back >= 0 && back < _next - _first ? _ring[(_next - 1 - back) % Capacity].Recorded : null;

    /// <summary>Forgets them all.</summary>
    public void Clear()
    {
        Array.Clear(_ring);
        (_first, _next, _bytes) = (0, 0, 0);
    }

    private void DropOldest()
    {
        ref var oldest = ref _ring[_first++ % Capacity];
        _bytes -= Size(oldest);
        oldest = default;
    }

    private static long Size(JudgedChange change) => change.Recorded.Data.Payload.Json.Length;
}
