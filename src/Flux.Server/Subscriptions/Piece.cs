using System.Runtime.InteropServices;

namespace Flux.Server.Subscriptions;

/// <summary>A stretch of whole frames in a block.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Piece(int Start, int Length)
{
    /// <summary>Adds a stretch behind those before it; two that touch become one.</summary>
    public static void Append(List<Piece> pieces, Piece next)
    {
        if (pieces.Count > 0 && pieces[^1] is var last && last.Start + last.Length == next.Start)
        {
            pieces[^1] = last with { Length = last.Length + next.Length };
        }
        else
        {
            pieces.Add(next);
        }
    }
}
