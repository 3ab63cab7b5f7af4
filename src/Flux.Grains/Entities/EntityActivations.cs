using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Flux.Core.Log;

namespace Flux.Grains.Entities;

/// <summary>The entities that are in this silo's memory: keeps their number to a limit, and ends those that another writer has overtaken.</summary>
/// <remarks>
/// Idle entities leave after a time, but a producer that touches a million within that time would fill the memory: then the longest unused leave earlier.
/// After a silo is lost two activations of an entity may live for a moment. The log's fences let one of them write, and the other must not go on
/// showing the past. Every silo hears of every commit, so it notices a version that it did not write.
/// </remarks>
public sealed class EntityActivations : IFeedListener
{
    // For each newcomer so many are looked at, and may leave: more than one, so that the number comes down again after a time when all were in use.
    private const int MostLookedAt = 16;
    private const int MostLeaving = 2;

    private readonly bool _isLogShared;
    private readonly int _limit;
    private readonly ConcurrentDictionary<string, EntityGrain> _grains = new(StringComparer.Ordinal); // empty without other writers
    private readonly Lock _gate = new();
    private readonly LinkedList<EntityGrain> _longestUnusedFirst = new();

    /// <summary>Initializes a new instance of the <see cref="EntityActivations"/> class.</summary>
    /// <param name="isLogShared">Whether several silos write to the log; without it nobody can be overtaken.</param>
    /// <param name="limit">How many may stay in memory.</param>
    /// <param name="meter">The meter of this process.</param>
    public EntityActivations(bool isLogShared, int limit, Meter meter)
    {
        (_isLogShared, _limit) = (isLogShared, limit);
        meter.CreateObservableGauge("flux.entities.active", () => Count, "{entity}", "Entities in memory.");
    }

    /// <summary>Gets how many there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _longestUnusedFirst.Count;
            }
        }
    }

    /// <inheritdoc/>
    public void OnFeed(IReadOnlyList<RecordedEvent> events)
    {
        if (_grains.IsEmpty)
        {
            return;
        }

        for (var i = 0; i < events.Count; i++)
        {
            if (events[i].Data.Payload.EntityId is { } id && _grains.TryGetValue(id, out var grain) && grain.IsOvertakenBy(events[i].Version))
            {
                grain.GrainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "another activation wrote this entity"));
            }
        }
    }

    /// <summary>Adds an activation, and lets another go when there are too many.</summary>
    /// <returns>Its place, for <see cref="Remove"/>.</returns>
    internal LinkedListNode<EntityGrain> Add(string id, EntityGrain grain)
    {
        if (_isLogShared)
        {
            _grains[id] = grain;
        }

        var place = new LinkedListNode<EntityGrain>(grain);
        lock (_gate)
        {
            _longestUnusedFirst.AddLast(place);
        }

        for (var i = 0; i < MostLeaving && TakeSuperfluous() is { } superfluous; i++)
        {
            superfluous.GrainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "too many entities in memory"));
        }

        return place;
    }

    internal void Remove(string id, LinkedListNode<EntityGrain> place)
    {
        if (_isLogShared)
        {
            _grains.TryRemove(new KeyValuePair<string, EntityGrain>(id, place.Value)); // not a newer activation's entry
        }

        lock (_gate)
        {
            if (place.List is not null)
            {
                _longestUnusedFirst.Remove(place);
            }
        }
    }

    // Second chance: who was used since it was last looked at goes to the end. Nothing has to be kept in order at each use.
    private EntityGrain? TakeSuperfluous()
    {
        lock (_gate)
        {
            for (var i = 0; i < MostLookedAt && _longestUnusedFirst.Count > _limit; i++)
            {
                var first = _longestUnusedFirst.First!;
                _longestUnusedFirst.RemoveFirst();
                if (!first.Value.TakeUse())
                {
                    return first.Value;
                }

                _longestUnusedFirst.AddLast(first);
            }

            return null;
        }
    }
}
