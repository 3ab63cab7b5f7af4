using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Flux.Testing.History;

/// <summary>When which node was frozen or cut off, so that it may have served older state: the one exception that the fault model (P8) makes.</summary>
internal sealed class CutOffPeriods
{
    private static readonly long Grace = 5 * Stopwatch.Frequency;

    private readonly Dictionary<string, List<(long From, long Until)>> _byNode = new(StringComparer.Ordinal);

    public CutOffPeriods(IEnumerable<FaultRecord> announced, IEnumerable<FaultRecord> proved)
    {
        // From the announcement on, because the fault may have begun before it was proved.
        foreach (var fault in announced.Where(f => f.Node is not null).OrderBy(f => f.At))
        {
            if (fault.Kind is FaultRecord.Freeze or FaultRecord.CutOff)
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(_byNode, fault.Node!, out _) ??= []).Add((fault.At, long.MaxValue));
            }
        }

        foreach (var heal in proved.Where(f => f.Kind is FaultRecord.Heal && f.Node is not null).OrderBy(f => f.At))
        {
            if (_byNode.TryGetValue(heal.Node!, out var periods) && periods.FindIndex(p => p.From < heal.At && p.Until == long.MaxValue) is >= 0 and var at)
            {
                periods[at] = (periods[at].From, heal.At + Grace);
            }
        }
    }

    /// <summary>Whether a read overlaps with such a period of its node.</summary>
    public bool Excuse(ReadRecord read) =>
        _byNode.TryGetValue(read.Node, out var periods) && periods.Exists(p => read.Sent <= p.Until && read.Answered >= p.From);
}
