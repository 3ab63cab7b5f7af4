namespace Flux.Testing.History;

/// <summary>Folds the log on its own terms and compares every row with the requests, the chain and what was served.</summary>
internal sealed class LogCheck(RequestIndex requests, ReadCheck reads, StateCheck states, Findings findings)
{
    private readonly Dictionary<string, EntityFold> _world = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, string), Row> _ids = [];
    private readonly Dictionary<(string Entity, long Version), Row> _versions = [];

    /// <summary>Gets the rows in position order, each position once.</summary>
    public List<Row> Rows { get; private set; } = [];

    /// <summary>Gets the rows by entity and version.</summary>
    public Dictionary<(string Entity, long Version), Row> Versions => _versions;

    public long Count { get; private set; }

    /// <summary>Reads the log, in position order.</summary>
    public static List<Row> Load(string directory)
    {
        var rows = new List<Row>();
        foreach (var (record, line) in HistoryReader.Read(directory, HistoryFiles.Log, HistoryJson.Default.RowRecord))
        {
            rows.Add(new Row(record, PayloadMeaning.Read(record.Payload), line));
        }

        rows.Sort((a, b) => a.Record.Position.CompareTo(b.Record.Position));
        return rows;
    }

    public void Run(List<Row> rows)
    {
        Count = rows.Count;
        Rows = new List<Row>(rows.Count);
        foreach (var row in rows)
        {
            if (CheckPosition(row))
            {
                Rows.Add(row);
            }

            Explain(row);
            if (CheckUnique(row))
            {
                Fold(row);
            }

            states.At(row.Record.Position, _world);
        }

        states.AtEnd(_world);
        reads.AtEnd(_world);
        CheckAcks();
    }

    private bool CheckPosition(Row row)
    {
        var expected = Rows.Count == 0 ? 1 : Rows[^1].Record.Position + 1;
        var position = row.Record.Position;
        if (position < expected)
        {
            findings.Add(HistoryCount.Duplicated, $"position {position} is taken twice", row.Line, Rows[^1].Line);
            return false;
        }

        if (position > expected)
        {
            findings.Add(HistoryCount.Gap, $"positions {expected} to {position - 1} are missing before {row}", row.Line);
        }

        return true;
    }

    private bool CheckUnique(Row row)
    {
        if (!_ids.TryAdd((row.Record.Namespace, row.Record.EventId), row))
        {
            var first = _ids[(row.Record.Namespace, row.Record.EventId)];
            findings.Add(HistoryCount.Duplicated, $"{row} repeats the event of {first}", row.Line, first.Line);
            return false;
        }

        if (row.Record.Entity is { } entity && !_versions.TryAdd((entity, row.Record.Version), row))
        {
            var first = _versions[(entity, row.Record.Version)];
            findings.Add(HistoryCount.Duplicated, $"{row} repeats the version of {first}", row.Line, first.Line);
            return false;
        }

        return true;
    }

    private void Explain(Row row)
    {
        var record = row.Record;
        if (!string.Equals(record.Entity, row.Meaning.EntityId, StringComparison.Ordinal)
            || !string.Equals(record.Namespace, RequestIndex.NamespaceOf(row.Meaning.EntityId), StringComparison.Ordinal))
        {
            findings.Add(HistoryCount.Altered, $"{row} in namespace '{record.Namespace}' has a payload about {row.Meaning.EntityId}", row.Line);
        }

        // The server's own records are asked for by nobody; a request that has such a row all the same is judged like any other.
        if (RowRecord.IsOfServer(record.Entity) && !requests.Knows(record))
        {
            return;
        }

        if (requests.Explain(record) is not { } intent)
        {
            row.IsPhantom = true;
            findings.Add(HistoryCount.Phantom, $"{row} was sent by nobody", row.Line);
            return;
        }

        intent.Row ??= row;
        row.FirstSent = intent.FirstSent;
        if (intent.IsDeletion)
        {
            if (!RequestIndex.IsDeletionByApi(record) || !row.Meaning.IsDeletion
                || !string.Equals(record.Entity, intent.Attempts[0].Event.Entity, StringComparison.Ordinal))
            {
                findings.Add(HistoryCount.Altered, $"{row} is not the deletion that was asked for", [row.Line, .. intent.Lines]);
            }
        }
        else if (!intent.Attempts.Exists(a => a.Explains(record)))
        {
            findings.Add(HistoryCount.Altered, $"{row} holds other bytes or fields than were sent", [row.Line, .. intent.Lines]);
        }

        if (intent.Attempts.TrueForAll(a => a.Outcome == Outcome.Refused))
        {
            row.IsPhantom = true;
            findings.Add(HistoryCount.Phantom, $"{row} was refused", [row.Line, .. intent.Lines]);
        }
    }

    private void Fold(Row row)
    {
        var record = row.Record;
        var entity = record.Entity is null ? null : Find(record.Entity);
        var previous = entity?.Hash ?? RowHash.None;
        if (record.PreviousHash is { } named && !named.AsSpan().SequenceEqual(previous))
        {
            findings.Add(HistoryCount.Altered, $"{row} follows another row than it says: the chain is broken", row.Line);
        }

        if (!RowHash.Fits(previous, record))
        {
            findings.Add(HistoryCount.Altered, $"the hash of {row} does not fit its fields and the row before", row.Line);
        }

        if (entity is null)
        {
            if (record.Version != 0)
            {
                findings.Add(HistoryCount.Altered, $"{row} has version {record.Version} without an entity", row.Line);
            }

            return;
        }

        if (record.Version != entity.Version + 1)
        {
            findings.Add(
                record.Version > entity.Version ? HistoryCount.Gap : HistoryCount.Reorder,
                $"{record.Entity} goes from version {entity.Version} to {record.Version} at position {record.Position}",
                row.Line);
        }

        if (!entity.WasBefore(row))
        {
            findings.Add(HistoryCount.StateFold, $"{row} says that something else was there before than the fold has", row.Line);
        }

        row.Pushes = entity.Apply(row);
        reads.At(record.Entity!, entity);
    }

    private EntityFold Find(string entity)
    {
        if (!_world.TryGetValue(entity, out var fold))
        {
            _world.Add(entity, fold = new EntityFold());
        }

        return fold;
    }

    private void CheckAcks()
    {
        foreach (var intent in requests.Intents)
        {
            var fresh = 0;
            foreach (var attempt in intent.Attempts)
            {
                if (attempt.IsConflict)
                {
                    CheckConflict(intent, attempt);
                }

                if (attempt.Outcome != Outcome.Acked)
                {
                    continue;
                }

                fresh += attempt.Event.Duplicate ? 0 : 1;
                CheckAck(intent, attempt);
            }

            if (fresh > 1)
            {
                findings.Add(HistoryCount.Duplicated, $"event {intent.Attempts[0].Event.EventId} was acknowledged {fresh} times as new", intent.Lines);
            }
            else if (fresh == 0 && intent.IsAcked && !intent.WasUnknown)
            {
                findings.Add(HistoryCount.Duplicated, $"event {intent.Attempts[0].Event.EventId} was never new: a duplicate made its row", intent.Lines);
            }
        }
    }

    private void CheckConflict(Intent intent, Attempt attempt)
    {
        if (intent.Row is not { } row)
        {
            findings.Add(HistoryCount.Lost, $"event {attempt.Event.EventId} was refused as a conflict with an event that the log does not have", attempt.Line);
        }
        else if (attempt.Explains(row.Record))
        {
            findings.Add(HistoryCount.Altered, $"an identical repetition of {row} was refused as a conflict", attempt.Line, row.Line);
        }
    }

    private void CheckAck(Intent intent, Attempt attempt)
    {
        var (sent, row) = (attempt.Event, intent.Row?.Record);
        if (row is null)
        {
            findings.Add(HistoryCount.Lost, $"event {sent.AckedEventId} was acknowledged at position {sent.Position} and has no row", attempt.Line);
        }
        else if ((sent.Position is { } position && position != row.Position) || (sent.Version ?? row.Version) != row.Version
            || (sent.Position is null && sent.Entity is null))
        {
            findings.Add(
                HistoryCount.Lost,
                $"event {sent.AckedEventId} was acknowledged at position {sent.Position}, version {sent.Version}; its row is {intent.Row}",
                attempt.Line,
                intent.Row!.Line);
        }
        else if (!intent.IsDeletion && intent.Attempts.Count > 1 && !attempt.Explains(row))
        {
            findings.Add(HistoryCount.Altered, $"the acknowledged bytes of event {sent.AckedEventId} are not those of {intent.Row}", attempt.Line, intent.Row!.Line);
        }
    }
}
