using System.Runtime.InteropServices;

namespace Flux.Benchmarks.Suite;

/// <summary>What one round of "stalled" gave.</summary>
/// <param name="Latency">From POST to frame, at those who read.</param>
/// <param name="HeapBytes">What the server holds in its managed heap.</param>
/// <param name="ResidentBytes">Its resident memory.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StalledFigures(LatencySummary Latency, long HeapBytes, long ResidentBytes);
