namespace Flux.EventLog.Projection;

/// <summary>The rows of entities that changed lately, up to a bound in bytes. Two generations: when the young one is full, the old one is dropped.</summary>
internal sealed class ProjectedEntityCache
{
    private const long MaxGenerationBytes = 64 * 1024 * 1024;

    // The projection has it to itself, but for the memory that is taken back when the server is idle.
    private readonly Lock _gate = new();
    private Dictionary<string, ProjectedEntity> _young = new(StringComparer.Ordinal);
    private Dictionary<string, ProjectedEntity> _old = new(StringComparer.Ordinal);
    private long _bytes;

    public ProjectedEntity? Find(string id)
    {
        lock (_gate)
        {
            return _young.GetValueOrDefault(id) ?? _old.GetValueOrDefault(id);
        }
    }

    /// <summary>Keeps an entity. It may have grown since it was kept before, so each time counts.</summary>
    public void Keep(ProjectedEntity entity)
    {
        lock (_gate)
        {
            if (_bytes > MaxGenerationBytes)
            {
                (_old, _young) = (_young, _old);
                _young.Clear();
                _bytes = 0;
            }

            if (_young.TryAdd(entity.Id, entity))
            {
                _bytes += entity.Size;
            }
        }
    }

    /// <summary>Forgets all of them: the file has them too.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _young = new Dictionary<string, ProjectedEntity>(StringComparer.Ordinal);
            _old = new Dictionary<string, ProjectedEntity>(StringComparer.Ordinal);
            _bytes = 0;
        }
    }
}
