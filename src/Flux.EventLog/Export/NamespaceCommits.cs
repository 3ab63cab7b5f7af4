using Flux.Core.Events;
using Flux.Core.Log;
using Flux.EventLog.Rows;

namespace Flux.EventLog.Export;

/// <summary>Makes a log of the events of one namespace: new commits with new digests around events that keep all that their hashes cover.</summary>
internal sealed class NamespaceCommits
{
    /// <summary>The stream of what stands for events of other namespaces.</summary>
    public const string GapStream = "flux.gap";

    private const string Writer = "import";

    // About what a server under load commits at once.
    private const int MostRows = 1000;

    private readonly bool _renumber;
    private readonly List<RecordedEvent> _rows = [];
    private LogHead _head = new(Position.Start, default, EventHash.None);

    private NamespaceCommits(bool renumber) => _renumber = renumber;

    private long Next => _head.Position.Value + _rows.Count + 1;

    /// <summary>Makes the commits.</summary>
    /// <param name="events">The events, checked, in the order of their positions.</param>
    /// <param name="renumber">
    /// Whether they get new positions. Else they keep theirs, and an event without an entity and without content stands at each position between them.
    /// </param>
    /// <exception cref="InvalidDataException">An event names its cause by a position, and would get another one.</exception>
    public static IEnumerable<LogCommit> Build(IEnumerable<RecordedEvent> events, bool renumber)
    {
        var builder = new NamespaceCommits(renumber);
        foreach (var row in events)
        {
            foreach (var commit in builder.Add(row))
            {
                yield return commit;
            }
        }

        if (builder._rows.Count > 0)
        {
            yield return builder.End();
        }
    }

    private IEnumerable<LogCommit> Add(RecordedEvent row)
    {
        while (!_renumber && Next < row.Position.Value)
        {
            if (IsFullFor(row))
            {
                yield return End();
            }

            _rows.Add(Gap(Next, row.RecordedAt));
        }

        if (IsFullFor(row))
        {
            yield return End();
        }

        _rows.Add(row.Position.Value == Next ? row : Renumber(row, new Position(Next)));
    }

    // All events of a commit have its time.
    private bool IsFullFor(RecordedEvent row) => _rows.Count == MostRows || (_rows.Count > 0 && _rows[0].RecordedAt != row.RecordedAt);

    private LogCommit End()
    {
        var (first, recordedAt) = (_head.Position.Next, _rows[0].RecordedAt);
        var id = Guid.NewGuid();
        var digest = EventHash.OfCommit(_head.Digest, first, recordedAt, [.. _rows.Select(row => row.Hash)], id, Writer);
        var commit = new LogCommit(new CommitRow(first, _rows.Count, recordedAt, id, Writer, digest), [.. _rows]);
        _head = commit.Row.ToHead();
        _rows.Clear();
        return commit;
    }

    private static RecordedEvent Renumber(RecordedEvent row, Position position) => row.Cause is null
        ? new RecordedEvent
        {
            Position = position,
            RecordedAt = row.RecordedAt,
            Version = row.Version,
            Data = row.Data,
            Before = row.Before,
            Expiry = row.Expiry,
            Hash = row.Hash,
        }
        : throw Damage.At(row, "names its cause by a position, which would be another event's: import it with its positions");

    private static RecordedEvent Gap(long position, Timestamp recordedAt)
    {
        var data = new EventData
        {
            EventId = $"gap-{position}",
            EventIdIsGiven = false,
            Stream = GapStream,
            Source = Writer,
            Timestamp = recordedAt.Microseconds / 1000,
            TimestampIsGiven = false,
            Payload = new EventPayload("{}"u8.ToArray()),
        };
        return new RecordedEvent
        {
            Position = new Position(position),
            RecordedAt = recordedAt,
            Version = 0,
            Data = data,
            Hash = EventHash.OfRow(EventHash.None, data, version: 0, before: null, cause: null, expiry: null),
        };
    }
}
