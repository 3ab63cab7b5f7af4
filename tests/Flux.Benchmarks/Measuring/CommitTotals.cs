using System.Runtime.InteropServices;

namespace Flux.Benchmarks.Measuring;

/// <summary>The group commits of silos since they were started, as their metrics tell.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CommitTotals(double Count, double Events, TimeSpan Duration)
{
    public static CommitTotals operator +(CommitTotals a, CommitTotals b) => new(a.Count + b.Count, a.Events + b.Events, a.Duration + b.Duration);

    public static CommitTotals operator -(CommitTotals a, CommitTotals b) => new(a.Count - b.Count, a.Events - b.Events, a.Duration - b.Duration);
}
