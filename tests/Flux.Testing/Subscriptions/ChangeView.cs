namespace Flux.Testing.Subscriptions;

/// <summary>A change as a predicate of the checker sees it.</summary>
/// <param name="Entity">The entity.</param>
/// <param name="Before">All its properties before.</param>
/// <param name="After">All its properties after.</param>
/// <param name="Set">What the event set.</param>
/// <param name="Deleted">Whether the event removed the entity.</param>
internal sealed record ChangeView(string Entity, PropertyView Before, PropertyView After, PropertyView Set, bool Deleted)
{
    /// <summary>Whether the event set a property or, when it removed the entity, took it away.</summary>
    public bool Changes(string name) => (Deleted ? Before : Set).Has(name);
}
