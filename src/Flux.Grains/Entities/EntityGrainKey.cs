using Flux.Core.Events;

namespace Flux.Grains.Entities;

/// <summary>The key of an entity's grain: the id behind one character, because Orleans refuses empty and blank keys and both are legal ids.</summary>
public static class EntityGrainKey
{
    private const char Prefix = '=';

    /// <summary>Gets the grain of an entity.</summary>
    /// <param name="grains">The factory.</param>
    /// <param name="key">The entity.</param>
    /// <returns>The reference.</returns>
    public static IEntityGrain GetEntity(this IGrainFactory grains, EntityKey key) => grains.GetGrain<IEntityGrain>(Prefix + key.Id);

    /// <summary>Gets the entity of a grain.</summary>
    /// <param name="grainKey">The grain's key.</param>
    /// <returns>The entity.</returns>
    internal static EntityKey ToEntity(string grainKey) => EntityKey.Trusted(grainKey[1..]);
}
