using System.Runtime.InteropServices;

namespace Flux.Testing.History;

/// <summary>All requests of a history, by what they asked for.</summary>
internal sealed class RequestIndex
{
    private readonly Dictionary<(string Namespace, string EventId), Intent> _byId = [];

    // Requests without an id whose answer is not known: a row with the same bytes may have come of one.
    private readonly Dictionary<string, List<Attempt>> _unidentified = new(StringComparer.Ordinal);

    // Deletions through the API whose answer is not known, by entity: their rows have ids that nobody was told.
    private readonly Dictionary<string, List<Attempt>> _unknownDeletions = new(StringComparer.Ordinal);

    public IReadOnlyCollection<Intent> Intents => _byId.Values;

    public long Acked { get; private set; }

    public long Refused { get; private set; }

    public long Unknown { get; private set; }

    public long DuplicateAcks { get; private set; }

    public long Conflicts { get; private set; }

    public long WithoutRetryAfter { get; private set; }

    public static string NamespaceOf(string? entity)
    {
        var slash = entity?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        return slash <= 0 ? string.Empty : entity![..slash];
    }

    public static RequestIndex Load(string directory, Findings findings)
    {
        var index = new RequestIndex();
        foreach (var (request, number) in HistoryReader.Read(directory, HistoryFiles.Requests, HistoryJson.Default.RequestRecord))
        {
            var line = new HistoryLine(HistoryFiles.Requests, number);
            index.WithoutRetryAfter += Outcomes.IsWithoutRetryAfter(request.Status, request.RetryAfter) ? 1 : 0;
            foreach (var sent in request.Events)
            {
                var code = sent.Code ?? request.Code;
                index.Add(new Attempt(sent, request.Sent, request.Answered, Outcomes.Of(request.Status, code, sent.Error), code, line), findings);
            }

            CheckOrderWithin(request, line, findings);
        }

        return index;
    }

    /// <summary>Whether anything was asked under the id of a row.</summary>
    public bool Knows(RowRecord row) => _byId.ContainsKey((row.Namespace, row.EventId));

    /// <summary>Finds what was asked under the id of a row, or takes an answerless request that explains it.</summary>
    public Intent? Explain(RowRecord row)
    {
        if (_byId.TryGetValue((row.Namespace, row.EventId), out var intent))
        {
            return intent;
        }

        var attempt = row.Entity is not null && IsDeletionByApi(row) ? Take(_unknownDeletions, row.Entity, _ => true) : null;
        attempt ??= Take(_unidentified, row.Source, a => a.Explains(row));
        if (attempt is null)
        {
            return null;
        }

        intent = new Intent();
        intent.Attempts.Add(attempt);
        _byId.Add((row.Namespace, row.EventId), intent);
        return intent;
    }

    public static bool IsDeletionByApi(RowRecord row) =>
        row.Stream is "flux.events.deletions" && row.Source is "api" && string.Equals(row.Key, row.Entity, StringComparison.Ordinal);

    private static Attempt? Take(Dictionary<string, List<Attempt>> attempts, string key, Predicate<Attempt> fits)
    {
        if (!attempts.TryGetValue(key, out var list) || list.FindIndex(fits) is not (>= 0 and var at))
        {
            return null;
        }

        var taken = list[at];
        list.RemoveAt(at);
        return taken;
    }

    private static void CheckOrderWithin(RequestRecord request, HistoryLine line, Findings findings)
    {
        if (request.Events.Length < 2)
        {
            return;
        }

        // Of two events of one entity the earlier in the batch is the earlier in the log; entities do not wait for each other.
        var last = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var sent in request.Events)
        {
            if (sent is { Position: { } position, Duplicate: false, Payload: { } payload } && PayloadMeaning.Read(payload).EntityId is { } entity)
            {
                if (last.TryGetValue(entity, out var before) && position <= before)
                {
                    findings.Add(HistoryCount.Reorder, $"event {sent.EventId} has position {position}, an earlier one of its batch {before}", line);
                }

                last[entity] = position;
            }
        }
    }

    private void Add(Attempt attempt, Findings findings)
    {
        CountOutcome(attempt);
        var sent = attempt.Event;
        if (attempt.Outcome == Outcome.Acked)
        {
            CheckAnswer(attempt, findings);
        }

        var entity = sent.Entity ?? (sent.Payload is null ? null : PayloadMeaning.Read(sent.Payload).EntityId);
        var id = string.IsNullOrEmpty(sent.EventId) ? sent.AckedEventId : sent.EventId;
        if (id is not null)
        {
            ref var intent = ref CollectionsMarshal.GetValueRefOrAddDefault(_byId, (NamespaceOf(entity), id), out _);
            intent ??= new Intent();
            intent.Attempts.Add(attempt);
        }
        else if (attempt.Outcome == Outcome.Unknown)
        {
            var (list, key) = sent.Entity is not null ? (_unknownDeletions, sent.Entity) : (_unidentified, sent.Source ?? string.Empty);
            (CollectionsMarshal.GetValueRefOrAddDefault(list, key, out _) ??= []).Add(attempt);
        }
        else if (attempt.IsConflict)
        {
            findings.Add(HistoryCount.Lost, $"an event of {entity ?? "no entity"} without an id was refused as a conflict", attempt.Line);
        }
    }

    private void CountOutcome(Attempt attempt)
    {
        Acked += attempt.Outcome == Outcome.Acked ? 1 : 0;
        Refused += attempt.Outcome == Outcome.Refused ? 1 : 0;
        Unknown += attempt.Outcome == Outcome.Unknown ? 1 : 0;
        DuplicateAcks += attempt is { Outcome: Outcome.Acked, Event.Duplicate: true } ? 1 : 0;
        Conflicts += attempt.IsConflict ? 1 : 0;
    }

    private static void CheckAnswer(Attempt attempt, Findings findings)
    {
        var sent = attempt.Event;
        if (sent.AckedEventId is null || (!string.IsNullOrEmpty(sent.EventId) && !string.Equals(sent.EventId, sent.AckedEventId, StringComparison.Ordinal)))
        {
            findings.Add(HistoryCount.Altered, $"event {sent.EventId} was acknowledged as {sent.AckedEventId ?? "(no id)"}", attempt.Line);
        }

        if (sent.Entity is null && !string.Equals(sent.Stream, sent.AckedStream, StringComparison.Ordinal))
        {
            findings.Add(HistoryCount.Altered, $"event {sent.EventId} of stream {sent.Stream} was acknowledged in {sent.AckedStream}", attempt.Line);
        }
    }
}
