using Flux.Core.Log;
using Flux.EventLog.Rows;

namespace Flux.EventLog.Export;

/// <summary>Reads an export and checks all that can be checked without its log.</summary>
internal sealed class ExportReader
{
    private readonly LineReader _lines;
    private readonly LogCheck _check;
    private CommitRow? _commit;
    private RecordedEvent? _last;
    private long _events;

    /// <summary>Reads the first line.</summary>
    /// <param name="input">The export. It stays the caller's.</param>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public ExportReader(Stream input)
    {
        _lines = new LineReader(input);
        Header = InLine(() => _lines.Read() ? ExportHeader.Read(_lines) : throw new FormatException("the file is empty"));
        _check = new LogCheck(Header.HasCommits ? Header.Head.Head : null);
    }

    public ExportHeader Header { get; }

    /// <summary>Reads the commits of a whole log, to the last line.</summary>
    /// <exception cref="InvalidDataException">A line is not what was written; the message names it.</exception>
    public IEnumerable<LogCommit> ReadCommits()
    {
        List<RecordedEvent> events = [];
        foreach (var row in ReadEvents())
        {
            events.Add(row);
            if (_commit is { } commit && row.Position == commit.Last)
            {
                yield return new LogCommit(commit, events);
                events = [];
            }
        }
    }

    /// <summary>Reads the events, to the last line.</summary>
    /// <exception cref="InvalidDataException">A line is not what was written; the message names it.</exception>
    public IEnumerable<RecordedEvent> ReadEvents()
    {
        while (InLine(ReadNext) is { } row)
        {
            yield return row;
        }
    }

    private RecordedEvent? ReadNext()
    {
        while (_lines.Read())
        {
            switch (_lines.Type)
            {
                case CommitLine.Type when Header.HasCommits:
                    _check.Begin(_commit = CommitLine.Read(_lines));
                    break;
                case HiddenLine.Type when Header is { HasCommits: true, Namespace: not null }:
                    var (position, hash) = HiddenLine.Read(_lines);
                    _check.AddHidden(position, hash);
                    break;
                case EventLine.Type:
                    return ReadEvent();
                case EndLine.Type:
                    ReadEnd();
                    return null;
                default:
                    throw new FormatException($"there is no line of type {_lines.Type} in such an export");
            }
        }

        throw new FormatException("the last line of the export is missing: it is not whole");
    }

    private RecordedEvent ReadEvent()
    {
        var (row, previous) = EventLine.Read(_lines);
        if (Header.Namespace is { } ns && !string.Equals(ns, row.Data.Entity?.Namespace ?? string.Empty, StringComparison.Ordinal))
        {
            throw new FormatException($"it is about {Damage.Name(row.Data.Entity?.Id)}, which is not in the namespace");
        }

        if (_last is not null && (row.Position <= _last.Position || row.RecordedAt < _last.RecordedAt))
        {
            throw new FormatException("it is not after the event before it");
        }

        if (_commit is { } commit && row.RecordedAt != commit.RecordedAt)
        {
            throw new FormatException("it does not have the time of its commit");
        }

        var expected = Header.HasCommits ? _check.Add(row).Previous : _check.AddToEntity(row).Previous;
        if (!previous.AsSpan().SequenceEqual(expected))
        {
            throw new FormatException("previous is not the hash of the entity's event before");
        }

        _events++;
        return _last = row;
    }

    private void ReadEnd()
    {
        var (events, entities, digest) = EndLine.Read(_lines);
        if (events != _events || entities != _check.Entities.Count || !digest.AsSpan().SequenceEqual(_lines.DigestBefore))
        {
            throw new FormatException($"it counts {events} events of {entities} entities; there are {_events} of {_check.Entities.Count}");
        }

        var (position, last) = (Header.Head.Head.Position, Header.HasCommits ? _check.Head.Position : _last?.Position ?? Position.Start);
        if (Header.HasCommits ? last != position : last > position)
        {
            throw new FormatException($"the events end at position {last}, and the first line says {position}");
        }

        if (Header.HasCommits && _check.Head.RecordedAt != Header.Head.Head.RecordedAt)
        {
            throw new FormatException($"the last commit was recorded at {_check.Head.RecordedAt.Microseconds}, and the first line says {Header.Head.Head.RecordedAt.Microseconds}");
        }

        if (_lines.Read())
        {
            throw new FormatException("it stands after the last line");
        }
    }

    private T InLine<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is InvalidDataException || StoredRowDecoder.IsUnreadable(e))
        {
            throw new InvalidDataException($"line {_lines.Line}: {e.Message}", e);
        }
    }
}
