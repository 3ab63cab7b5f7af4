using System.Runtime.InteropServices;
using Flux.Core.Log;

namespace Flux.Server.Subscriptions;

/// <summary>The block being written: the frames of many changes, and which of them go to whom. Not safe for several threads.</summary>
/// <remarks>
/// Frames that everybody may see are one list of pieces for all who want everything: usually one piece, the whole block. What not everybody may see
/// stands in the same block, so that a socket gets all of it in one write and in order, but in the pieces of those only who are to get it.
/// </remarks>
internal sealed class FrameBlock
{
    private readonly FrameEncoder _encoder = new();
    private readonly List<Piece> _open = [];
    private readonly List<Piece> _merged = [];
    private readonly List<Connection> _touched = [];

    /// <summary>Gets the number of bytes.</summary>
    public int Length => _encoder.Length;

    /// <summary>Gets the last change.</summary>
    public RecordedEvent? Last { get; private set; }

    /// <summary>Gets a value indicating whether there is something in it that not everybody may see.</summary>
    public bool HasHidden { get; private set; }

    /// <summary>Gets the pieces that everybody may see.</summary>
    public ReadOnlySpan<Piece> Open => CollectionsMarshal.AsSpan(_open);

    /// <summary>Gets the sockets with pieces of their own.</summary>
    public List<Connection> Touched => _touched;

    /// <summary>Says about how many bytes a change takes.</summary>
    /// <param name="recorded">The change.</param>
    public long Measure(RecordedEvent recorded) => _encoder.Measure(recorded);

    /// <summary>Writes a change.</summary>
    /// <param name="recorded">The change.</param>
    /// <param name="isOpen">Whether all who want everything get it.</param>
    /// <param name="others">Who gets it besides.</param>
    public void Write(RecordedEvent recorded, bool isOpen, List<Connection> others)
    {
        var start = _encoder.Length;
        _encoder.WriteChange(recorded);
        if (_encoder.Length == start)
        {
            return; // it set no property
        }

        Last = recorded;
        var piece = new Piece(start, _encoder.Length - start);
        if (isOpen)
        {
            Piece.Append(_open, piece);
        }
        else
        {
            HasHidden = true;
        }

        foreach (var connection in others)
        {
            if (connection.Pieces.Count == 0)
            {
                _touched.Add(connection);
            }

            Piece.Append(connection.Pieces, piece);
        }
    }

    /// <summary>Gives the pieces of a socket that wants everything and may see more than others, in order.</summary>
    /// <param name="connection">The socket.</param>
    /// <returns>What everybody sees, and its own; until the next call.</returns>
    public ReadOnlySpan<Piece> Merge(Connection connection)
    {
        _merged.Clear();
        var next = 0;
        foreach (var own in connection.Pieces)
        {
            while (next < _open.Count && _open[next].Start < own.Start)
            {
                Piece.Append(_merged, _open[next++]);
            }

            Piece.Append(_merged, own);
        }

        while (next < _open.Count)
        {
            Piece.Append(_merged, _open[next++]);
        }

        return CollectionsMarshal.AsSpan(_merged);
    }

    /// <summary>Gives the bytes. They are shared by everybody and live until the slowest has written them, so they are the collector's.</summary>
    public byte[] ToArray() => _encoder.Written.ToArray();

    /// <summary>Begins a new block.</summary>
    public void Clear()
    {
        foreach (var connection in _touched)
        {
            connection.Pieces.Clear();
        }

        _touched.Clear();
        _open.Clear();
        _encoder.Clear();
        HasHidden = false;
    }
}
