using Flux.Core.Entities;

namespace Flux.Core.Log;

/// <summary>One of the entity's events is damaged, so nobody may read or write it until the log was repaired. Others are not concerned.</summary>
[GenerateSerializer, Alias("flux.entity-quarantined")]
public sealed class EntityQuarantinedException : EventLogUnavailableException
{
    /// <summary>Initializes a new instance of the <see cref="EntityQuarantinedException"/> class.</summary>
    /// <param name="damage">What is wrong.</param>
    public EntityQuarantinedException(EntityDamage damage)
        : base($"the entity is quarantined: its event at position {damage.Position} (version {damage.Version}) {damage.Reason}")
    {
    }

    /// <inheritdoc/>
    public override string Code => "quarantined";
}
