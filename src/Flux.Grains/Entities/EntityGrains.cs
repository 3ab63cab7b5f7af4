using Flux.Core.Events;
using Flux.Core.Log;

namespace Flux.Grains.Entities;

/// <summary>Gives the grains of entities, and remembers the references of those used lately.</summary>
/// <remarks>
/// Making a reference by its interface reads that interface's attributes each time, 4 % of the CPU of a single publish; so it is done once, and
/// what was found serves all others. A fixed table that forgets on collision, so input cannot make it grow.
/// </remarks>
public sealed class EntityGrains(IGrainFactory grains)
{
    private const int Slots = 16_384;

    private readonly Entry?[] _recent = new Entry?[Slots];
    private readonly Lazy<(GrainType Grain, GrainInterfaceType Interface)> _types = new(() => FindTypes(grains));

    /// <summary>Gets the grain of an entity.</summary>
    /// <param name="key">The entity.</param>
    /// <returns>The reference.</returns>
    public IEntityGrain Get(EntityKey key)
    {
        ref var slot = ref _recent[key.GetHashCode() & (Slots - 1)];
        var entry = Volatile.Read(ref slot);
        if (entry is null || entry.Key != key)
        {
            entry = new Entry(key, Make(EntityGrainKey.Of(key)));
            Volatile.Write(ref slot, entry);
        }

        return entry.Grain;
    }

    /// <summary>Gets the grain that an event goes to.</summary>
    /// <param name="key">Its entity.</param>
    /// <param name="data">The event.</param>
    /// <returns>The reference.</returns>
    public IEntityGrain Get(EntityKey key, EventData data) =>
        Failpoint.IsSetOffBy(Failpoint.SecondActivation, data) ? Make(EntityGrainKey.OfSecond(key)) : Get(key);

    private static (GrainType Grain, GrainInterfaceType Interface) FindTypes(IGrainFactory grains)
    {
        var any = (GrainReference)grains.GetGrain<IEntityGrain>(EntityGrainKey.Of(default));
        return (any.GrainId.Type, any.InterfaceType);
    }

    private IEntityGrain Make(string grainKey)
    {
        var (grain, contract) = _types.Value;
        return (IEntityGrain)grains.GetGrain(GrainId.Create(grain, grainKey), contract);
    }

    private sealed record Entry(EntityKey Key, IEntityGrain Grain);
}
