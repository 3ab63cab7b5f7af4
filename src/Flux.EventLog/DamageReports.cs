using System.Threading.Channels;
using Flux.Core.Entities;

namespace Flux.EventLog;

/// <summary>Where all that read the log tell of damaged events they meet, for the operator to hear of and the entities to be quarantined.</summary>
/// <remarks>What is told before anybody listens is kept. Beyond a bound it is dropped: whoever reads the same event again tells again.</remarks>
public sealed class DamageReports
{
    private const int MaxWaiting = 1000;

    private readonly Channel<(string? Entity, EntityDamage Damage)> _reports = Channel.CreateBounded<(string? Entity, EntityDamage Damage)>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Gets what was told: the entity, null when nobody knows it, and what is wrong.</summary>
    public ChannelReader<(string? Entity, EntityDamage Damage)> Reader => _reports.Reader;

    /// <summary>Tells of a damaged event; it does not wait.</summary>
    /// <param name="entity">The id of its entity; null for none, or when nobody knows it.</param>
    /// <param name="damage">What is wrong.</param>
    public void Report(string? entity, EntityDamage damage) => _reports.Writer.TryWrite((entity, damage));
}
