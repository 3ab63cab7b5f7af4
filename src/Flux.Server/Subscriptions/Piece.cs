using System.Runtime.InteropServices;

namespace Flux.Server.Subscriptions;

/// <summary>A stretch of whole frames in a block.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Piece(int Start, int Length);
