using System.Runtime.InteropServices;
using Flux.Core.Log;

namespace Flux.Server.Series;

/// <summary>What an event has left as the value of a property.</summary>
/// <param name="Version">The entity's version after it.</param>
/// <param name="At">When it was recorded.</param>
/// <param name="Position">Its position.</param>
/// <param name="Value">The value in JSON, and nothing else of its event.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SeriesPoint(long Version, Timestamp At, Position Position, byte[] Value);
