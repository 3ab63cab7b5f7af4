using System.Runtime.InteropServices;

namespace Flux.Testing.History;

/// <summary>Compares every state that was served with the fold of the log at its position.</summary>
internal sealed class StateCheck(Findings findings)
{
    private readonly Dictionary<long, List<Dump>> _byPosition = [];

    public long Compared { get; private set; }

    public bool HasFinal => _byPosition.ContainsKey(long.MaxValue);

    public void Load(string directory)
    {
        var dumps = new Dictionary<(string Node, long Position), Dump>();
        foreach (var (record, number) in HistoryReader.Read(directory, HistoryFiles.State, HistoryJson.Default.StateRecord))
        {
            var at = record.Position ?? long.MaxValue;
            ref var dump = ref CollectionsMarshal.GetValueRefOrAddDefault(dumps, (record.Node, at), out var known);
            if (!known)
            {
                dump = new Dump(record.Node);
                (CollectionsMarshal.GetValueRefOrAddDefault(_byPosition, at, out _) ??= []).Add(dump);
            }

            if (record.Entity is null)
            {
                dump!.Announced = (record.Count, new HistoryLine(HistoryFiles.State, number));
            }
            else
            {
                dump!.Entities.Add((record, new HistoryLine(HistoryFiles.State, number)));
            }
        }
    }

    public void At(long position, Dictionary<string, EntityFold> world)
    {
        if (_byPosition.TryGetValue(position, out var dumps))
        {
            dumps.ForEach(d => Compare(d, world, $"position {position}"));
        }
    }

    public void AtEnd(Dictionary<string, EntityFold> world) => At(long.MaxValue, world);

    private void Compare(Dump dump, Dictionary<string, EntityFold> world, string where)
    {
        where = where.Contains("9223372036854775807", StringComparison.Ordinal) ? "the end" : where;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (record, line) in dump.Entities)
        {
            Compared++;
            seen.Add(record.Entity!);
            if (!world.TryGetValue(record.Entity!, out var fold) || !fold.Exists)
            {
                findings.Add(HistoryCount.StateFold, $"{dump.Node} serves {record.Entity} at {where}, which does not exist in the fold", line);
            }
            else if (!fold.Matches(record.Properties ?? []))
            {
                findings.Add(HistoryCount.StateFold, $"{dump.Node} serves other properties of {record.Entity} at {where} than the fold has", line);
            }
            else if ((record.Version ?? fold.Version) != fold.Version)
            {
                findings.Add(HistoryCount.StateFold, $"{dump.Node} serves {record.Entity} v{record.Version} at {where}; the fold has v{fold.Version}", line);
            }
        }

        if (dump.Announced.Count is not { } count || count != dump.Entities.Count)
        {
            findings.Add(HistoryCount.StateFold, $"the dump of {dump.Node} at {where} is not whole: {dump.Entities.Count} of {dump.Announced.Count} entities");
        }

        foreach (var (entity, fold) in world)
        {
            if (fold.Exists && !seen.Contains(entity) && !RowRecord.IsOfServer(entity))
            {
                findings.Add(HistoryCount.StateFold, $"{dump.Node} does not serve {entity} at {where}; the fold has v{fold.Version}", dump.Announced.Line);
            }
        }
    }

    private sealed class Dump(string node)
    {
        public string Node => node;

        public (int? Count, HistoryLine Line) Announced { get; set; }

        public List<(StateRecord Record, HistoryLine Line)> Entities { get; } = [];
    }
}
