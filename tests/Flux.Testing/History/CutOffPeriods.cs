using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Flux.Testing.History;

/// <summary>When which node was frozen or cut off, so that it may have served older state: the one exception that the fault model (P8) makes.</summary>
/// <remarks>
/// A frozen node may from its freezing until 5 s after it goes on. One that is cut off runs all the time: what it serves may be 5 s behind what others
/// know, however long it is cut off, and anything until 5 s after it was joined again.
/// </remarks>
internal sealed class CutOffPeriods
{
    private static readonly long Grace = 5 * Stopwatch.Frequency;

    private readonly Dictionary<string, List<Period>> _byNode = new(StringComparer.Ordinal);

    public CutOffPeriods(IEnumerable<FaultRecord> announced, IEnumerable<FaultRecord> proved)
    {
        // From the announcement on, because the fault may have begun before it was proved.
        foreach (var fault in announced.Where(f => f.Node is not null).OrderBy(f => f.At))
        {
            if (fault.Kind is FaultRecord.Freeze or FaultRecord.CutOff)
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(_byNode, fault.Node!, out _) ??= []).Add(new Period(fault.At, long.MaxValue, fault.Kind is FaultRecord.CutOff));
            }
        }

        foreach (var heal in proved.Where(f => f.Kind is FaultRecord.Heal && f.Node is not null).OrderBy(f => f.At))
        {
            if (_byNode.TryGetValue(heal.Node!, out var periods) && periods.FindIndex(p => p.From < heal.At && p.Healed == long.MaxValue) is >= 0 and var at)
            {
                periods[at] = periods[at] with { Healed = heal.At };
            }
        }
    }

    /// <summary>Whether a read overlaps with such a period of its node, and what it saw was known to be outdated for no longer than may be.</summary>
    public bool Excuse(ReadRecord read, long outdatedAt) =>
        _byNode.TryGetValue(read.Node, out var periods) && periods.Exists(p => read.Answered >= p.From
            && (read.Sent <= p.Healed ? !p.Runs || read.Sent - outdatedAt <= Grace : read.Sent - p.Healed <= Grace));

    private sealed record Period(long From, long Healed, bool Runs);
}
