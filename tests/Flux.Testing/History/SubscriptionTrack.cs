namespace Flux.Testing.History;

/// <summary>What one socket has received, and what it should have.</summary>
internal sealed class SubscriptionTrack(string name, List<Row> rows, Findings findings)
{
    private readonly HashSet<string> _filters = new(StringComparer.Ordinal);
    private readonly Dictionary<(long Position, int Index), HistoryLine> _missing = [];

    // Only while nothing is in force: later the order alone shows a repetition.
    private readonly HashSet<(long, int)> _seenUnarmed = [];
    private (long Position, int Index) _last = (0, int.MaxValue);
    private bool _armed;
    private long _armedAt = long.MaxValue;

    public string Name => name;

    public long OpenedAt { get; init; }

    public string? Node { get; init; }

    public long Frames { get; private set; }

    public bool IsClosed { get; set; }

    public void Change(string? filter, bool add)
    {
        _armed = false;
        if (filter is not null && add)
        {
            _filters.Add(filter);
        }
        else if (filter is not null)
        {
            _filters.Remove(filter);
        }
    }

    public void Arm(long position)
    {
        _armed = true;
        _armedAt = position;
        _last = _last.Position >= position ? _last : (position, int.MaxValue);
    }

    /// <summary>Takes a frame that was found to be the one at <paramref name="index"/> of a row.</summary>
    public void Receive(Row row, int index, HistoryLine line)
    {
        var key = (row.Record.Position, index);
        Frames += _armed ? 1 : 0;
        if (_armed && !row.PushesDeletion && !Matches(row.Record.Entity!))
        {
            findings.Add(HistoryCount.Phantom, $"{name} got {row}, which it did not subscribe to", line, row.Line);
        }

        if (key.CompareTo(_last) > 0)
        {
            ExpectUntil(key, line);
            _last = key;
        }
        else if (_missing.Remove(key) || (key.Position <= _armedAt && !_seenUnarmed.Contains(key)))
        {
            findings.Add(HistoryCount.Reorder, $"{name} got frame {index} of {row} behind {_last.Position}", line, row.Line);
        }
        else
        {
            findings.Add(HistoryCount.Duplicated, $"{name} got frame {index} of {row} twice", line, row.Line);
        }

        if (!_armed)
        {
            _seenUnarmed.Add(key);
        }
    }

    /// <summary>Everything up to a position has been sent, or was given its time: what is not there is missing.</summary>
    public void Pass(long position, HistoryLine line)
    {
        if (_armed && position >= _last.Position)
        {
            ExpectUntil((position, int.MaxValue), line);
            _last = (position, int.MaxValue);
        }
    }

    /// <summary>Whether rows that the socket should have got come after the last one that it got.</summary>
    public Row? NextExpected()
    {
        for (var i = FirstRowAt(_last.Position + 1); _armed && i < rows.Count; i++)
        {
            if (rows[i].Pushes > 0 && (rows[i].PushesDeletion || Matches(rows[i].Record.Entity!)))
            {
                return rows[i];
            }
        }

        return null;
    }

    public void Finish()
    {
        foreach (var ((position, index), line) in _missing)
        {
            var row = rows[FirstRowAt(position)];
            findings.Add(HistoryCount.Gap, $"{name} passed frame {index} of {row} without getting it", row.Line, line);
        }
    }

    private void ExpectUntil((long Position, int Index) end, HistoryLine line)
    {
        if (!_armed)
        {
            return;
        }

        for (var i = FirstRowAt(_last.Position); i < rows.Count && rows[i].Record.Position <= end.Position; i++)
        {
            var row = rows[i];
            if (row.Pushes == 0 || !(row.PushesDeletion || Matches(row.Record.Entity!)))
            {
                continue;
            }

            for (var index = 0; index < row.Pushes; index++)
            {
                var key = (row.Record.Position, index);
                if (key.CompareTo(_last) > 0 && key.CompareTo(end) < 0)
                {
                    _missing.Add(key, line);
                }
            }
        }
    }

    private bool Matches(string entity)
    {
        if (_filters.Count == 0 || _filters.Contains("*") || _filters.Contains(entity))
        {
            return true;
        }

        foreach (var filter in _filters)
        {
            if (filter.EndsWith("/*", StringComparison.Ordinal) && entity.AsSpan().StartsWith(filter.AsSpan(0, filter.Length - 1), StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private int FirstRowAt(long position) => LogRows.FirstAt(rows, position);
}
