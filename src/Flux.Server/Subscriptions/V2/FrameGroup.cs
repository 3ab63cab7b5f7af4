using System.Buffers;
using System.Runtime.InteropServices;
using Flux.Core.Log;

namespace Flux.Server.Subscriptions.V2;

/// <summary>The live subscriptions of one variant, and the block being written for them. Not safe for several threads.</summary>
/// <remarks>
/// Those who want everything and have no predicate share one list of pieces, usually one piece: the whole block. What not everybody gets stands in the same block,
/// so that a subscription gets all of it in one write and in order, but in the pieces of those only who are to get it.
/// </remarks>
internal sealed class FrameGroup(FrameVariant variant)
{
    private readonly ArrayBufferWriter<byte> _frames = new(1024);
    private readonly List<Piece> _shared = [];
    private readonly List<Subscription> _touched = [];
    private readonly List<Subscription> _apart = []; // those of Everything that were touched
    private readonly Piece[] _pieces = new Piece[(int)ChangeKind.Quarantined + 1]; // of the change being written, by kind; of length 0 until written
    private RecordedEvent? _change;

    /// <summary>Gets the live ones that want everything and have no predicate.</summary>
    public HashSet<Subscription> Everything { get; } = [];

    /// <summary>Gets or sets how many live subscriptions it has, those of <see cref="Everything"/> included.</summary>
    public int Count { get; set; }

    /// <summary>Gets or sets a value indicating whether the feed knows that there is something in the block.</summary>
    public bool IsWritten { get; set; }

    /// <summary>Gets the number of bytes in the block.</summary>
    public int Length => _frames.WrittenCount;

    /// <summary>Gives the change to all that want everything.</summary>
    public void AddToEverything(ChangeBodies bodies, ChangeKind kind)
    {
        var piece = PieceOf(bodies, kind);
        Piece.Append(_shared, piece);
        foreach (var subscription in _apart)
        {
            Piece.Append(subscription.Pieces, piece);
        }
    }

    /// <summary>Gives the change to one.</summary>
    public void Add(Subscription subscription, ChangeBodies bodies, ChangeKind kind)
    {
        if (subscription.Pieces.Count == 0)
        {
            _touched.Add(subscription);
            if (Everything.Contains(subscription))
            {
                _apart.Add(subscription);
                subscription.Pieces.AddRange(_shared);
            }
        }

        Piece.Append(subscription.Pieces, PieceOf(bodies, kind));
    }

    /// <summary>Hands the block to all that get something of it, and begins a new one.</summary>
    /// <param name="tooSlow">Takes those that could not take it.</param>
    /// <returns>The number of bytes.</returns>
    public int Ship(List<Subscription> tooSlow)
    {
        // Shared by everybody, and it lives until the slowest has written it, so it is the collector's.
        var block = _frames.WrittenSpan.ToArray();
        if (_shared.Count > 0)
        {
            var shared = CollectionsMarshal.AsSpan(_shared);
            foreach (var subscription in Everything)
            {
                if (subscription.Pieces.Count == 0 && !subscription.TryOffer(block, shared))
                {
                    tooSlow.Add(subscription);
                }
            }
        }

        foreach (var subscription in _touched)
        {
            if (!subscription.TryOffer(block, CollectionsMarshal.AsSpan(subscription.Pieces)))
            {
                tooSlow.Add(subscription);
            }

            subscription.Pieces.Clear();
        }

        _touched.Clear();
        _apart.Clear();
        _shared.Clear();
        _frames.ResetWrittenCount();
        _change = null;
        IsWritten = false;
        return block.Length;
    }

    private Piece PieceOf(ChangeBodies bodies, ChangeKind kind)
    {
        if (bodies.Recorded != _change)
        {
            _change = bodies.Recorded;
            Array.Clear(_pieces);
        }

        ref var piece = ref _pieces[(int)kind];
        if (piece.Length == 0)
        {
            var start = _frames.WrittenCount;
            bodies.Write(_frames, variant, kind);
            piece = new Piece(start, _frames.WrittenCount - start);
        }

        return piece;
    }
}
