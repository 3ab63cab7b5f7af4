namespace Flux.Core.Entities;

/// <summary>An entity that nobody may read or write, because one of its events is damaged.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Damage">What is wrong.</param>
public sealed record QuarantinedEntity(string Id, EntityDamage Damage);
