using Flux.Core.Log;

namespace Flux.EventLog.Rows;

/// <summary>Gathers a page up to a bound in events and one in bytes; the first event always fits.</summary>
internal sealed class PageBuilder(int maxCount)
{
    /// <summary>What one page may cost a server in memory, when a reader asks for a thousand events of 1 MiB.</summary>
    public const long MaxBytes = 4 * 1024 * 1024;

    private long _bytes;

    public List<RecordedEvent> Events { get; } = new(Math.Min(maxCount, 256));

    public bool IsFull => Events.Count == maxCount || _bytes >= MaxBytes;

    public bool TryAdd(RecordedEvent row)
    {
        var size = row.Data.Payload.Json.Length + (row.Before?.Length ?? 0);
        if (Events.Count > 0 && (Events.Count == maxCount || _bytes + size > MaxBytes))
        {
            return false;
        }

        _bytes += size;
        Events.Add(row);
        return true;
    }

    /// <summary>Adds what stands for the rows that are missing before the next one that is there, whichever way the log is read.</summary>
    /// <param name="last">The last position that was looked at; it moves on.</param>
    /// <param name="next">The position of the next row.</param>
    /// <param name="findTime">Finds when a position was recorded.</param>
    /// <returns>False when the page is full.</returns>
    public bool TryPass(ref long last, long next, Func<long, Timestamp> findTime)
    {
        var step = last < next ? 1 : -1;
        while (last + step != next)
        {
            if (IsFull || !TryAdd(Damage.MissingRow(last + step, findTime(last + step))))
            {
                return false;
            }

            last += step;
        }

        return true;
    }
}
