using System.Threading.Channels;
using Flux.Core.Entities;

namespace Flux.EventLog;

/// <summary>Where all that read the log tell of damaged events they meet, for the operator to hear of and the entities to be quarantined.</summary>
/// <remarks>What is told before anybody listens is kept. Beyond a bound it is dropped: whoever reads the same event again tells again.</remarks>
public sealed class DamageReports
{
    private const int MaxWaiting = 1000;

    private readonly Channel<QuarantinedEntity> _reports = Channel.CreateBounded<QuarantinedEntity>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Gets what was told.</summary>
    public ChannelReader<QuarantinedEntity> Reader => _reports.Reader;

    /// <summary>Tells of a damaged event; it does not wait.</summary>
    /// <param name="entity">The id of its entity; empty when nobody knows it.</param>
    /// <param name="damage">What is wrong.</param>
    public void Report(string entity, EntityDamage damage) => _reports.Writer.TryWrite(new QuarantinedEntity(entity, damage));
}
