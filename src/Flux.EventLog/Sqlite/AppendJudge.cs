using Flux.Core.Events;
using Flux.Core.Log;

namespace Flux.EventLog.Sqlite;

/// <summary>Decides which events of an append can be recorded: the fences of the embedded log, in memory.</summary>
/// <remarks>
/// They hold because one process owns the file and one writer sees every append. What is known lately comes first, then the tail, then the read
/// model; in this order, because what leaves the tail is in the read model already.
/// </remarks>
internal sealed class AppendJudge(EventTail tail, KnownVersions versions, IEventIndex index)
{
    /// <summary>Judges the events in order.</summary>
    /// <param name="events">The events.</param>
    /// <param name="read">Reads an event of the log by its position.</param>
    /// <param name="results">Takes the results of those that are not recorded.</param>
    /// <returns>The ordinals of those to record, and of each repetition inside the call the ordinal that it repeats.</returns>
    public (List<int> Accepted, List<(int Ordinal, int Of)> Repeated) Judge(
        IReadOnlyList<EventToAppend> events, Func<long, RecordedEvent> read, AppendResult?[] results)
    {
        var (known, knownIds) = LookUp(events);
        var accepted = new List<int>(events.Count);
        var repeated = new List<(int Ordinal, int Of)>();
        Dictionary<(string Namespace, string EventId), int>? idsHere = null;
        HashSet<string>? behind = null;
        for (var i = 0; i < events.Count; i++)
        {
            var (data, entity) = (events[i].Data, events[i].Data.Payload.EntityId);
            var id = data.EventIdIsGiven ? IdOf(data) : default;
            var of = -1;
            // Ids come first: whether an event is there already does not depend on what became of the one before it.
            if (data.EventIdIsGiven && idsHere?.TryGetValue(id, out of) == true)
            {
                if (data.IsRepetitionOf(events[of].Data))
                {
                    repeated.Add((i, of));
                }
                else
                {
                    results[i] = new AppendResult.EventIdConflict(data.EventId);
                }
            }
            else if (data.EventIdIsGiven && knownIds!.TryGetValue(id, out var position))
            {
                var recorded = read(position);
                results[i] = data.IsRepetitionOf(recorded.Data)
                    ? new AppendResult.Duplicate(recorded)
                    : new AppendResult.EventIdConflict(data.EventId);
            }
            else if (entity is not null && behind?.Contains(entity) == true)
            {
                results[i] = AppendResult.Behind.Instance;
            }
            else if (entity is not null && events[i].Version != known[entity] + 1)
            {
                results[i] = new AppendResult.VersionConflict(known[entity]);
            }
            else
            {
                accepted.Add(i);
                if (data.EventIdIsGiven)
                {
                    (idsHere ??= []).Add(id, i);
                }

                if (entity is not null)
                {
                    known[entity] = events[i].Version;
                }

                continue;
            }

            if (entity is not null)
            {
                (behind ??= new HashSet<string>(StringComparer.Ordinal)).Add(entity);
            }
        }

        return (accepted, repeated);
    }

    private static (string Namespace, string EventId) IdOf(EventData data) => (data.Entity?.Namespace ?? string.Empty, data.EventId);

    private (Dictionary<string, long> Versions, Dictionary<(string Namespace, string EventId), long>? Ids) LookUp(
        IReadOnlyList<EventToAppend> events)
    {
        var known = new Dictionary<string, long>(events.Count, StringComparer.Ordinal);
        Dictionary<(string Namespace, string EventId), long>? knownIds = null;
        List<string> entities = [];
        List<(string Namespace, string EventId)> ids = [];
        for (var i = 0; i < events.Count; i++)
        {
            var data = events[i].Data;
            if ((data.Payload.EntityId is null) != (events[i].Version == 0))
            {
                throw new ArgumentException($"event {i} has version {events[i].Version} and entity '{data.Payload.EntityId}'", nameof(events));
            }

            if (data.Payload.EntityId is { } entity && !known.ContainsKey(entity))
            {
                var version = versions.TryGet(entity, out var last) ? last : tail.FindVersion(entity);
                known.Add(entity, version);
                if (version == 0)
                {
                    entities.Add(entity);
                }
            }

            if (data.EventIdIsGiven)
            {
                knownIds ??= [];
                var id = IdOf(data);
                if (tail.FindPosition(id.Namespace, id.EventId) is > 0 and var position)
                {
                    knownIds[id] = position;
                }
                else
                {
                    ids.Add(id);
                }
            }
        }

        if (entities.Count > 0 || ids.Count > 0)
        {
            var (found, positions) = index.Find(entities, ids);
            for (var i = 0; i < entities.Count; i++)
            {
                known[entities[i]] = found[i];
            }

            for (var i = 0; i < ids.Count; i++)
            {
                if (positions[i] > 0)
                {
                    knownIds![ids[i]] = positions[i];
                }
            }
        }

        return (known, knownIds);
    }
}
