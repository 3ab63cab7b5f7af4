using Flux.Core;

namespace Flux.Server.Limits;

/// <summary>The memory of bodies that are being read in pieces, those of all requests together: beyond a bound a request is refused.</summary>
/// <remarks>
/// What counts is the room that a body has, not the length that it announces: else a few that announce much and send little would keep all others
/// out. A body that comes in one piece is read where the web server has put it, and has none.
/// </remarks>
internal sealed class BodyRoom
{
    // As much as may wait for the log (EventsUnderWay): 2,048 small bodies, or 8 of the largest batches.
    private static readonly long MostBytes = MemoryBudget.Of(128 * 1024 * 1024);

    private long _bytes;

    /// <summary>Makes the room of one body larger. One that is alone is never too large.</summary>
    /// <param name="from">The bytes that it has.</param>
    /// <param name="to">The bytes that it needs.</param>
    /// <returns>False when there is not so much left; it keeps what it has.</returns>
    public bool TryGrow(int from, int to)
    {
        var all = Interlocked.Add(ref _bytes, to - from);
        if (all <= MostBytes || all == to)
        {
            return true;
        }

        Release(to - from);
        return false;
    }

    /// <summary>Gives room back.</summary>
    /// <param name="bytes">How much.</param>
    public void Release(int bytes) => Interlocked.Add(ref _bytes, -bytes);
}
