using System.Runtime.InteropServices;

namespace Flux.Benchmarks.Suite;

/// <summary>What one round of "filters" gave.</summary>
/// <param name="CpuPerChange">Server CPU for each change.</param>
/// <param name="Plain">From POST to frame, at the socket without a predicate.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FiltersRound(TimeSpan CpuPerChange, LatencySummary Plain);
