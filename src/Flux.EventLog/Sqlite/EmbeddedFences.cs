using Flux.Core.Log;
using Flux.EventLog.Rows;

namespace Flux.EventLog.Sqlite;

/// <summary>Decides which events of an append can be recorded: the fences of the embedded log, in memory.</summary>
/// <remarks>
/// They hold because one process owns the file and one writer sees every append. What is known lately comes first, then the tail, then the read
/// model; in this order, because what leaves the tail is in the read model already.
/// </remarks>
internal sealed class EmbeddedFences(EventTail tail, KnownVersions versions, IEventIndex index)
{
    /// <summary>Judges the events in order.</summary>
    /// <param name="events">The events.</param>
    /// <param name="read">Reads an event of the log by its position.</param>
    /// <returns>What can be recorded, and what becomes of the others.</returns>
    public AppendJudgement Judge(IReadOnlyList<EventToAppend> events, Func<long, RecordedEvent> read)
    {
        var (known, knownIds) = LookUp(events);
        return AppendJudgement.Of(events, known, knownIds, read);
    }

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
                var id = AppendJudgement.IdOf(data);
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
