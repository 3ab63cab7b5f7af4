using System.Runtime.InteropServices;

namespace Flux.EventLog.Projection;

/// <summary>The rows of entities that changed lately, up to a bound in bytes. Two generations: when the young one is full, the old one is dropped.</summary>
/// <param name="maxGenerationBytes">When a generation is full.</param>
internal sealed class ProjectedEntityCache(long maxGenerationBytes)
{
    // The projection has it to itself, but for the memory that is taken back when the server is idle.
    private readonly Lock _gate = new();
    private Dictionary<string, Kept> _young = new(StringComparer.Ordinal);
    private Dictionary<string, Kept> _old = new(StringComparer.Ordinal);
    private long _bytes;

    public ProjectedEntity? Find(string id)
    {
        lock (_gate)
        {
            return (_young.TryGetValue(id, out var kept) || _old.TryGetValue(id, out kept)) ? kept.Entity : null;
        }
    }

    /// <summary>Keeps an entity. It may have grown since it was kept before.</summary>
    public void Keep(ProjectedEntity entity)
    {
        lock (_gate)
        {
            if (_bytes > maxGenerationBytes)
            {
                (_old, _young) = (_young, _old);
                _young.Clear();
                _bytes = 0;
            }

            ref var kept = ref CollectionsMarshal.GetValueRefOrAddDefault(_young, entity.Id, out _);
            var size = entity.Size;
            _bytes += size - kept.Size;
            kept = new Kept(entity, size);
        }
    }

    /// <summary>Forgets all of them: the file has them too.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _young = new Dictionary<string, Kept>(StringComparer.Ordinal);
            _old = new Dictionary<string, Kept>(StringComparer.Ordinal);
            _bytes = 0;
        }
    }

    private readonly record struct Kept(ProjectedEntity Entity, long Size);
}
