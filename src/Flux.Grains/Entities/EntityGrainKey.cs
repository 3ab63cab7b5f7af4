using Flux.Core.Events;

namespace Flux.Grains.Entities;

/// <summary>The key of an entity's grain: the id behind one character, because Orleans refuses empty and blank keys and both are legal ids.</summary>
internal static class EntityGrainKey
{
    private const char Prefix = '=';
    private const char SecondPrefix = '~';

    /// <summary>Makes the key.</summary>
    public static string Of(EntityKey entity) => Prefix + entity.Id;

    /// <summary>Makes the key of a second activation of the entity, which a test wants to see lose.</summary>
    public static string OfSecond(EntityKey entity) => SecondPrefix + entity.Id;

    /// <summary>Gets the entity of a key.</summary>
    public static EntityKey ToEntity(string grainKey) => EntityKey.Trusted(grainKey[1..]);
}
