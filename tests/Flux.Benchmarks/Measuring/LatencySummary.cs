using System.Runtime.InteropServices;

namespace Flux.Benchmarks.Measuring;

/// <summary>A latency distribution in milliseconds.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LatencySummary(double P50, double P95, double P99, double Max);
