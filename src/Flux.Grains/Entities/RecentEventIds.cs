using Flux.Core.Log;

namespace Flux.Grains.Entities;

/// <summary>The last client-given event ids of one entity, in flight and decided, so that most repetitions never reach the log.</summary>
/// <remarks>It forgets the oldest, and then the log decides. Null until the first such id: most entities never see one.</remarks>
internal sealed class RecentEventIds
{
    /// <summary>Events with a larger payload are left to the log, so that an entity's memory stays bounded.</summary>
    public const int MaxPayloadBytes = 1024;

    // Enough for the retries of those who write to one entity. Each keeps its event and what it replaced: 16 KB at most for an entity, of which 100,000 may be in memory.
    private const int Capacity = 8;

    private readonly Dictionary<string, Task<AppendResult>> _appends = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>Finds the append that brought this id first.</summary>
    /// <returns>Null when there is none, or when nothing was recorded under this id by it.</returns>
    public Task<AppendResult>? Find(string eventId) =>
        _appends.TryGetValue(eventId, out var append)
        && (!append.IsCompleted || append is { IsCompletedSuccessfully: true, Result: AppendResult.Appended or AppendResult.Duplicate })
            ? append
            : null;

    /// <summary>Remembers an append.</summary>
    public void Add(string eventId, Task<AppendResult> append)
    {
        if (_appends.TryAdd(eventId, append))
        {
            _order.Enqueue(eventId);
        }
        else
        {
            _appends[eventId] = append;
        }

        if (_order.Count > Capacity)
        {
            _appends.Remove(_order.Dequeue());
        }
    }
}
