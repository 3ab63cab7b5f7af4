using System.Runtime.InteropServices;

namespace Flux.Testing.History;

/// <summary>Compares every read with the fold at its version, and its version with what was acknowledged before it began.</summary>
internal sealed class ReadCheck(CutOffPeriods cutOff, Findings findings)
{
    private readonly Dictionary<(string Entity, long Version), List<(ReadRecord Record, HistoryLine Line)>> _byVersion = [];
    private readonly List<(ReadRecord Record, HistoryLine Line)> _all = [];

    private Dictionary<string, EntityFold> _world = [];

    public long Judged => _all.Count;

    public long NotJudged { get; private set; }

    /// <summary>Reads of older state than was known, by nodes that were cut off and may do so.</summary>
    public long Stale { get; private set; }

    public long WithoutRetryAfter { get; private set; }

    public void Load(string directory)
    {
        foreach (var (record, number) in HistoryReader.Read(directory, HistoryFiles.Reads, HistoryJson.Default.ReadRecord))
        {
            var line = new HistoryLine(HistoryFiles.Reads, number);
            WithoutRetryAfter += Outcomes.IsWithoutRetryAfter(record.Status, record.RetryAfter) ? 1 : 0;
            if (record is { Status: 200, Version: { } version, Properties: not null })
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(_byVersion, (record.Entity, version), out _) ??= []).Add((record, line));
                _all.Add((record, line));
            }
            else if (record.Status == 404)
            {
                _all.Add((record, line));
            }
            else
            {
                NotJudged++;
            }
        }
    }

    /// <summary>Judges the reads that saw the version that was just folded.</summary>
    public void At(string entity, EntityFold fold)
    {
        if (_byVersion.Remove((entity, fold.Version), out var reads))
        {
            foreach (var (record, line) in reads)
            {
                if (!fold.Matches(record.Properties!))
                {
                    findings.Add(HistoryCount.Altered, $"a read of {entity} v{fold.Version} shows another value than the log gives", line);
                }
            }
        }
    }

    /// <summary>Judges what is left once the whole log is folded.</summary>
    public void AtEnd(Dictionary<string, EntityFold> world)
    {
        foreach (var ((entity, version), reads) in _byVersion)
        {
            foreach (var (_, line) in reads)
            {
                findings.Add(HistoryCount.Phantom, $"a read of {entity} shows version {version}, which the log does not have", line);
            }
        }

        _byVersion.Clear();
        _world = world;
    }

    /// <summary>Judges the order of reads, after each other and after acknowledgements.</summary>
    public void CheckOrder(RequestIndex requests, Dictionary<(string Entity, long Version), Row> rows)
    {
        var acks = LoadAcks(requests);
        var seen = new Dictionary<(string Client, string Entity), (long At, long Version, HistoryLine Line)>();
        foreach (var (read, line) in _all.OrderBy(r => r.Record.Sent))
        {
            var (least, why) = LatestBefore(acks, read);
            if (seen.TryGetValue((read.Client, read.Entity), out var earlier) && earlier.Version > least)
            {
                (least, why) = (earlier.Version, earlier.Line);
            }

            if (read.Version is { } version)
            {
                if (version < least && cutOff.Excuse(read, OutdatedAt(acks, read, version, earlier)))
                {
                    Stale++;
                }
                else if (version < least)
                {
                    findings.Add(HistoryCount.Reorder, $"{read.Client} read {read.Entity} at version {version} after version {least} was known", line, why);
                }
                else if (rows.TryGetValue((read.Entity, version), out var row) && row.FirstSent > read.Answered)
                {
                    findings.Add(HistoryCount.Phantom, $"{read.Client} read {row} before it was sent", line, row.Line);
                }

                seen[(read.Client, read.Entity)] = version > earlier.Version ? (read.Answered, version, line) : earlier;
            }
            else if (_world.TryGetValue(read.Entity, out var fold) && LastAbsence(fold, rows, read) is var absence && absence.Until <= least)
            {
                if (cutOff.Excuse(read, OutdatedAt(acks, read, absence.Until - 1, earlier)))
                {
                    Stale++;
                    continue;
                }

                findings.Add(HistoryCount.Reorder, $"{read.Client} did not find {read.Entity}, which exists since before version {least}", line, why);
            }
        }
    }

    // The last one that the read can have seen: a deletion that was sent only after the answer explains nothing.
    private static (long From, long Until) LastAbsence(EntityFold fold, Dictionary<(string Entity, long Version), Row> rows, ReadRecord read) =>
        fold.Absences.FindLast(a => a.From == 0 || rows[(read.Entity, a.From)].FirstSent <= read.Answered);

    // When it was first known that there is something newer than a version: by an acknowledgement, or by an earlier read of the same client.
    private static long OutdatedAt(
        Dictionary<string, List<(long At, long Version, HistoryLine Line)>> acks, ReadRecord read, long version, (long At, long Version, HistoryLine Line) earlier)
    {
        var acked = acks.GetValueOrDefault(read.Entity)?.Find(a => a.Version > version) is { Version: > 0 } newer ? newer.At : long.MaxValue;
        return earlier.Version > version ? Math.Min(acked, earlier.At) : acked;
    }

    private static (long Version, HistoryLine Line) LatestBefore(Dictionary<string, List<(long At, long Version, HistoryLine Line)>> acks, ReadRecord read)
    {
        if (!acks.TryGetValue(read.Entity, out var list))
        {
            return default;
        }

        // The list is in the order of the answers and its versions only rise (see LoadAcks), so the last one before the read is the greatest.
        var (low, high) = (0, list.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = list[middle].At < read.Sent ? (middle + 1, high) : (low, middle - 1);
        }

        return high < 0 ? default : (list[high].Version, list[high].Line);
    }

    private Dictionary<string, List<(long At, long Version, HistoryLine Line)>> LoadAcks(RequestIndex requests)
    {
        var read = _all.Select(r => r.Record.Entity).ToHashSet(StringComparer.Ordinal);
        var acks = new Dictionary<string, List<(long At, long Version, HistoryLine Line)>>(StringComparer.Ordinal);
        foreach (var intent in requests.Intents)
        {
            if (intent.Row?.Record is { Entity: { } entity } row && read.Contains(entity))
            {
                var list = CollectionsMarshal.GetValueRefOrAddDefault(acks, entity, out _) ??= [];
                list.AddRange(intent.Attempts.Where(a => a.Outcome == Outcome.Acked).Select(a => (a.Answered, row.Version, a.Line)));
            }
        }

        foreach (var list in acks.Values)
        {
            list.Sort((a, b) => a.At.CompareTo(b.At));
            for (var i = 1; i < list.Count; i++)
            {
                list[i] = list[i].Version < list[i - 1].Version ? list[i - 1] with { At = list[i].At } : list[i];
            }
        }

        return acks;
    }
}
