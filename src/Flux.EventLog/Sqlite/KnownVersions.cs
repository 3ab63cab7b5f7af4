namespace Flux.EventLog.Sqlite;

/// <summary>The last versions of the entities written lately, so that a busy entity costs no look-up. Safe for many threads.</summary>
/// <remarks>This process is the only writer of the log, so what is here is exact. Two generations: when the young one is full, the old one is dropped.</remarks>
internal sealed class KnownVersions
{
    // About 20 MB with ids of 30 characters.
    private const int MaxGeneration = 100_000;

    private readonly Lock _gate = new();
    private Dictionary<string, long> _young = new(StringComparer.Ordinal);
    private Dictionary<string, long> _old = new(StringComparer.Ordinal);

    public bool TryGet(string entity, out long version)
    {
        lock (_gate)
        {
            return _young.TryGetValue(entity, out version) || _old.TryGetValue(entity, out version);
        }
    }

    public void Set(string entity, long version)
    {
        lock (_gate)
        {
            if (_young.Count >= MaxGeneration)
            {
                (_old, _young) = (_young, _old);
                _young.Clear();
            }

            _young[entity] = version;
        }
    }

    /// <summary>Forgets all of them: tail and read model know them too.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _young = new Dictionary<string, long>(StringComparer.Ordinal);
            _old = new Dictionary<string, long>(StringComparer.Ordinal);
        }
    }
}
