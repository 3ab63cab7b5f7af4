using System.Collections.Concurrent;
using Flux.Core.Events;
using Flux.Core.Namespaces;
using Flux.Grains.Entities;
using Flux.Server.Entities;

namespace Flux.Server.Limits;

/// <summary>Keeps new entities out of namespaces that have as many as they may. What exists can always be changed and deleted.</summary>
/// <remarks>
/// A namespace without such a limit costs nothing. Of one with a limit the entities are counted at most once a second; in between every event that sets
/// something is taken for a new entity, and only when there might be no room for it its entity is asked whether it exists, and the entities are counted
/// again. A single silo never exceeds the limit, whatever is in flight; several do by what the others let in between two counts, so within a second.
/// What is in flight takes room for each of its events: a batch with several for one new entity may be refused a part that fits when it is sent again.
/// </remarks>
internal sealed class EntityQuota(EntityLister lister, EntityGrains grains, TimeProvider time)
{
    private static readonly TimeSpan CountPeriod = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, EntityTally> _tallies = new(StringComparer.Ordinal); // of registered namespaces with such a limit

    /// <summary>Says whether an event may make an entity, if it would.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="data">The event.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>False when there is no room; and who has to hear of the outcome, if anybody.</returns>
    /// <exception cref="Core.Log.EventLogUnavailableException">The entities cannot be counted now.</exception>
    public ValueTask<(bool HasRoom, EntityTally? Tally)> FindRoomAsync(NamespaceRecord ns, EventData data, CancellationToken cancellationToken) =>
        ns.Limits.Entities is { } most && data.Entity is { } entity && data.Payload.Change is { SetsProperties: true, IsDeletion: false }
            ? FindRoomAsync(_tallies.GetOrAdd(ns.Name, static _ => new EntityTally()), ns.Name, most, entity, cancellationToken)
            : new((true, null));

    private async ValueTask<(bool HasRoom, EntityTally? Tally)> FindRoomAsync(
        EntityTally tally, string ns, long most, EntityKey entity, CancellationToken cancellationToken)
    {
        if (tally.IsOlderThan(CountPeriod, time))
        {
            await CountAsync(tally, ns, CountPeriod, cancellationToken);
        }

        if (tally.TryLetIn(most))
        {
            return (true, tally);
        }

        if (await grains.Get(entity).GetAsync() is not null)
        {
            return (true, null);
        }

        if (!tally.WasFull(most))
        {
            await CountAsync(tally, ns, TimeSpan.Zero, cancellationToken); // not all that was let in has made an entity
        }

        return tally.TryLetIn(most) ? (true, tally) : (false, null);
    }

    private async Task CountAsync(EntityTally tally, string ns, TimeSpan unlessYoungerThan, CancellationToken cancellationToken)
    {
        await tally.Counting.WaitAsync(cancellationToken);
        try
        {
            if (tally.IsOlderThan(unlessYoungerThan, time)) // another event may have counted meanwhile
            {
                var (asOf, missed) = (time.GetTimestamp(), tally.BeginCount());
                tally.EndCount(await lister.CountAsync([ns], cancellationToken), missed, asOf);
            }
        }
        finally
        {
            tally.Counting.Release();
        }
    }
}
