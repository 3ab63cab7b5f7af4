using System.Collections.Concurrent;
using Flux.Core.Log;

namespace Flux.Grains.Entities;

/// <summary>The entities that are in this silo's memory; ends those that another writer has overtaken.</summary>
/// <remarks>
/// After a silo is lost two activations of an entity may live for a moment. The log's fences let one of them write, and the other must not go on
/// showing the past. Every silo hears of every commit, so it notices a version that it did not write.
/// </remarks>
/// <param name="isLogShared">Whether several silos write to the log; without it nobody can be overtaken, and nothing is kept.</param>
public sealed class EntityActivations(bool isLogShared) : IFeedListener
{
    private readonly ConcurrentDictionary<string, EntityGrain> _grains = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public void OnFeed(IReadOnlyList<RecordedEvent> events)
    {
        if (_grains.IsEmpty)
        {
            return;
        }

        for (var i = 0; i < events.Count; i++)
        {
            // What an activation has written itself it has counted before it was committed.
            if (events[i].Data.Payload.EntityId is { } id && _grains.TryGetValue(id, out var grain) && events[i].Version > grain.TailVersion)
            {
                grain.GrainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "another activation wrote this entity"));
            }
        }
    }

    internal void Add(string id, EntityGrain grain)
    {
        if (isLogShared)
        {
            _grains[id] = grain;
        }
    }

    internal void Remove(string id, EntityGrain grain)
    {
        if (isLogShared)
        {
            _grains.TryRemove(new KeyValuePair<string, EntityGrain>(id, grain)); // not a newer activation's entry
        }
    }
}
