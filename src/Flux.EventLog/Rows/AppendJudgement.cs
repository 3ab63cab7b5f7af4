using Flux.Core.Events;
using Flux.Core.Log;

namespace Flux.EventLog.Rows;

/// <summary>Which events of an append can be recorded, and what becomes of the others. One set of rules for every store.</summary>
/// <param name="Accepted">The ordinals of those to record, in order.</param>
/// <param name="Repeated">Of each repetition inside the call, its ordinal and the one that it repeats.</param>
/// <param name="Results">The results of those that are not recorded; null for the others.</param>
internal sealed record AppendJudgement(List<int> Accepted, List<(int Ordinal, int Of)> Repeated, AppendResult?[] Results)
{
    /// <summary>Judges the events in order.</summary>
    /// <param name="events">The events.</param>
    /// <param name="known">The version of every entity among them, 0 for a new one. It is changed as events are accepted.</param>
    /// <param name="knownIds">The positions of those given ids that the log has; null for none.</param>
    /// <param name="read">Reads an event of the log by its position.</param>
    public static AppendJudgement Of(
        IReadOnlyList<EventToAppend> events,
        Dictionary<string, long> known,
        Dictionary<(string Namespace, string EventId), long>? knownIds,
        Func<long, RecordedEvent> read)
    {
        var results = new AppendResult?[events.Count];
        var accepted = new List<int>(events.Count);
        var repeated = new List<(int Ordinal, int Of)>();
        Dictionary<(string Namespace, string EventId), int>? idsHere = null;
        HashSet<string>? behind = null;
        for (var i = 0; i < events.Count; i++)
        {
            var (data, entity) = (events[i].Data, events[i].Data.Payload.EntityId);
            var id = data.EventIdIsGiven ? IdOf(data) : default;
            var (of, position) = (-1, 0L);
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
            else if (data.EventIdIsGiven && knownIds?.TryGetValue(id, out position) == true && !Defect.IsOn(Defect.ForgetsEventIds))
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
            else if (entity is not null && events[i].Version != known[entity] + 1 && !Defect.IsOn(Defect.IgnoresVersions))
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

        return new AppendJudgement(accepted, repeated, results);
    }

    /// <summary>Gets what an event's id is unique as.</summary>
    public static (string Namespace, string EventId) IdOf(EventData data) => (data.Entity?.Namespace ?? string.Empty, data.EventId);

    /// <summary>Completes the results.</summary>
    /// <param name="rows">What was recorded of <see cref="Accepted"/>, in its order.</param>
    public AppendResult[] Complete(IReadOnlyList<RecordedEvent> rows)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            Results[Accepted[i]] = new AppendResult.Appended(rows[i]);
        }

        foreach (var (ordinal, of) in Repeated)
        {
            Results[ordinal] = new AppendResult.Duplicate(((AppendResult.Appended)Results[of]!).Event);
        }

        return Results!;
    }
}
