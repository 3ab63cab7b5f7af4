namespace Flux.Testing.Network;

/// <summary>Looks for some bytes in a stream that comes in pieces.</summary>
internal sealed class PatternSearch(byte[] pattern)
{
    private readonly byte[] _tail = new byte[Math.Max(pattern.Length - 1, 0)];
    private int _kept;

    /// <summary>Takes the next piece; true when the pattern ends in it.</summary>
    public bool Feed(ReadOnlySpan<byte> piece)
    {
        if (piece.IndexOf(pattern) >= 0)
        {
            return true;
        }

        // The pattern may lie across the seam: what was kept of the pieces before, and as much of this one.
        Span<byte> seam = new byte[_kept + Math.Min(piece.Length, _tail.Length)];
        _tail.AsSpan(0, _kept).CopyTo(seam);
        piece[..(seam.Length - _kept)].CopyTo(seam[_kept..]);
        if (seam.IndexOf(pattern) >= 0)
        {
            return true;
        }

        var last = piece.Length >= _tail.Length ? piece[^_tail.Length..] : seam[^Math.Min(seam.Length, _tail.Length)..];
        last.CopyTo(_tail);
        _kept = last.Length;
        return false;
    }
}
