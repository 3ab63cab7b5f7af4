using Flux.Core.Events;

namespace Flux.Grains.Entities;

/// <summary>Gives the grains of entities, and remembers the references of those used lately.</summary>
/// <remarks>
/// Making a reference resolves the grain's type by name each time, about 4 % of the CPU of a single publish. A fixed table that forgets on
/// collision, so input cannot make it grow.
/// </remarks>
public sealed class EntityGrains(IGrainFactory grains)
{
    private const int Slots = 16_384;

    private readonly Entry?[] _recent = new Entry?[Slots];

    /// <summary>Gets the grain of an entity.</summary>
    /// <param name="key">The entity.</param>
    /// <returns>The reference.</returns>
    public IEntityGrain Get(EntityKey key)
    {
        ref var slot = ref _recent[key.GetHashCode() & (Slots - 1)];
        var entry = Volatile.Read(ref slot);
        if (entry is null || entry.Key != key)
        {
            entry = new Entry(key, grains.GetGrain<IEntityGrain>(EntityGrainKey.Of(key)));
            Volatile.Write(ref slot, entry);
        }

        return entry.Grain;
    }

    private sealed record Entry(EntityKey Key, IEntityGrain Grain);
}
