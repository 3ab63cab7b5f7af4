using System.Runtime.InteropServices;
using Flux.Core.Log;

namespace Flux.EventLog.Past;

/// <summary>An entity in a checkpoint.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">Its version at the checkpoint.</param>
/// <param name="LastUpdated">When it had last changed.</param>
/// <param name="Properties">One JSON object in UTF-8; null for a large one, which is read from its own history.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CheckpointRow(string Id, long Version, Timestamp LastUpdated, byte[]? Properties);
