using Flux.Core.Log;

namespace Flux.EventLog.Rows;

/// <summary>The hashes of the events read lately: who reads on finds in it what its next events follow. Safe for many threads.</summary>
/// <remarks>Two generations: when the young one is full, the old one is dropped. Rows never change, so what is here is what was read first.</remarks>
internal sealed class KnownHashes
{
    // For both 25 MB: what an entry takes beside its id, and the id.
    private const long MaxBytes = 12 * 1024 * 1024;
    private const int EntryBytes = 128;

    private readonly Lock _gate = new();
    private Dictionary<(string Entity, long Version), byte[]> _young = [];
    private Dictionary<(string Entity, long Version), byte[]> _old = [];
    private long _bytes; // of the young one

    /// <summary>Adds the hashes of events.</summary>
    public void Add(IReadOnlyList<RecordedEvent> rows)
    {
        lock (_gate)
        {
            if (_bytes >= MaxBytes)
            {
                (_old, _young, _bytes) = (_young, [], 0);
            }

            for (var i = 0; i < rows.Count; i++)
            {
                if (rows[i].Data.Payload.EntityId is { } id)
                {
                    _young[(id, rows[i].Version)] = rows[i].Hash;
                    _bytes += EntryBytes + (id.Length * sizeof(char));
                }
            }
        }
    }

    /// <summary>Moves what is known from those that are wanted to those that were found.</summary>
    public void Find(List<(string Entity, long Version)> wanted, Dictionary<(string Entity, long Version), byte[]> found)
    {
        lock (_gate)
        {
            wanted.RemoveAll(key =>
            {
                if (!_young.TryGetValue(key, out var hash) && !_old.TryGetValue(key, out hash))
                {
                    return false;
                }

                found[key] = hash;
                return true;
            });
        }
    }

    /// <summary>Forgets all of them: the log knows them too.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            (_young, _old, _bytes) = ([], [], 0);
        }
    }
}
