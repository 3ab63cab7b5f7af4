namespace Flux.Testing.History;

/// <summary>Compares every frame of every socket with what the rows push, by the checker's own rules.</summary>
internal sealed class SocketCheck(List<Row> rows, IReadOnlyList<(FaultRecord Announced, FaultRecord Proved)> faults, Findings findings)
{
    private readonly Dictionary<string, SubscriptionTrack> _tracks = new(StringComparer.Ordinal);

    public long Sockets => _tracks.Count;

    public long Frames => _tracks.Values.Sum(t => t.Frames);

    public void Run(string directory)
    {
        foreach (var (record, number) in HistoryReader.Read(directory, HistoryFiles.Sockets, HistoryJson.Default.SocketRecord))
        {
            var line = new HistoryLine(HistoryFiles.Sockets, number);
            if (!_tracks.TryGetValue(record.Socket, out var track))
            {
                _tracks.Add(record.Socket, track = new SubscriptionTrack(record.Socket, rows, findings) { OpenedAt = record.At, Node = record.Node });
            }

            Take(track, record, line);
        }

        foreach (var track in _tracks.Values)
        {
            track.Finish();
        }
    }

    private void Take(SubscriptionTrack track, SocketRecord record, HistoryLine line)
    {
        switch (record.Kind)
        {
            case SocketRecord.Subscribe:
                track.Change(record.Filter, add: true);
                break;
            case SocketRecord.Unsubscribe:
                track.Change(record.Filter, add: false);
                break;
            case SocketRecord.Armed:
                track.Arm(record.Position ?? 0);
                break;
            case SocketRecord.Quiesced:
                track.Pass(record.Position ?? 0, line);
                break;
            case SocketRecord.Frame:
                TakeFrame(track, record, line);
                break;
            case SocketRecord.Close:
                TakeClose(track, record, line);
                break;
            default:
                break;
        }
    }

    private void TakeFrame(SubscriptionTrack track, SocketRecord record, HistoryLine line)
    {
        if (!SocketFrame.TryRead(record.Raw, out var frame))
        {
            findings.Add(HistoryCount.Altered, $"{track.Name} got a frame that is no JSON object with a type", line);
            return;
        }

        switch (frame.Type)
        {
            case "metrics_update":
                return;
            case "caught_up":
                track.Pass(frame.Position ?? 0, line);
                return;
            case not ("state_update" or "entity_deleted"):
                findings.Add(HistoryCount.Phantom, $"{track.Name} got a frame of type {frame.Type}, which it did not ask for", line);
                return;
            default:
                break;
        }

        if (frame.Position is not { } position || LogRows.Find(rows, position) is not { } row)
        {
            findings.Add(HistoryCount.Phantom, $"{track.Name} got a frame at position {frame.Position}, where the log has no row", line);
            return;
        }

        if (IndexOf(row, frame) is not (>= 0 and var index))
        {
            findings.Add(HistoryCount.Phantom, $"{track.Name} got {frame.Type} {frame.Property} at {row}, which does not push that", line, row.Line);
            return;
        }

        CheckContent(track, frame, row, index, line);
        if (row.IsPhantom || record.At < row.FirstSent)
        {
            findings.Add(HistoryCount.Phantom, $"{track.Name} got {row} {(row.IsPhantom ? "that was never accepted" : "before it was sent")}", line, row.Line);
        }

        track.Receive(row, index, line);
    }

    private void CheckContent(SubscriptionTrack track, SocketFrame frame, Row row, int index, HistoryLine line)
    {
        var record = row.Record;
        if (!string.Equals(frame.EntityId, record.Entity, StringComparison.Ordinal)
            || !string.Equals(frame.EventId, record.EventId, StringComparison.Ordinal)
            || frame.Version != record.Version)
        {
            findings.Add(HistoryCount.Altered, $"{track.Name} got {row} as {frame.EntityId} v{frame.Version}, event {frame.EventId}", line, row.Line);
        }

        if (!row.Meaning.IsDeletion)
        {
            var (name, start, length) = row.Meaning.Properties[index];
            if (!JsonSame.Value(record.Payload.AsSpan(start, length), frame.Value))
            {
                findings.Add(HistoryCount.Altered, $"{track.Name} got another value of {name} than {row} has", line, row.Line);
            }
        }
    }

    private void TakeClose(SubscriptionTrack track, SocketRecord record, HistoryLine line)
    {
        track.IsClosed = true;
        if (record.ByClient || record.CloseCode is not null || faults.Any(f => Explains(f, track, record.At)))
        {
            return;
        }

        if (track.NextExpected() is { } row)
        {
            findings.Add(HistoryCount.Gap, $"{track.Name} ended without a reason, before {row}", line, row.Line);
        }
    }

    // A fault of another node, of the store, or that began after it was lost, is no reason to lose a socket.
    private static bool Explains((FaultRecord Announced, FaultRecord Proved) fault, SubscriptionTrack track, long lostAt) =>
        fault.Announced.At <= lostAt && fault.Proved.At >= track.OpenedAt
        && (fault.Proved.Node is FaultRecord.AllNodes || (track.Node is not null && string.Equals(fault.Proved.Node, track.Node, StringComparison.Ordinal)));

    private static int IndexOf(Row row, SocketFrame frame)
    {
        if (frame.Type is "entity_deleted")
        {
            return row.PushesDeletion ? 0 : -1;
        }

        for (var i = 0; i < row.Meaning.Properties.Length; i++)
        {
            if (string.Equals(row.Meaning.Properties[i].Name, frame.Property, StringComparison.Ordinal))
            {
                return row.Pushes > 0 ? i : -1;
            }
        }

        return -1;
    }
}
