using Flux.Core.Log;

namespace Flux.EventLog.Rows;

/// <summary>The last events of the log in memory, without a gap, up to a bound in bytes: most readers want these. Safe for many threads.</summary>
internal sealed class RecentEvents(long maxBytes)
{
    // What an event's objects take beside its texts and blobs, roughly.
    private const int Overhead = 500;

    private const int InitialLength = 1024;

    private readonly Lock _gate = new();
    private RecordedEvent[] _ring = new RecordedEvent[InitialLength];
    private long _first = 1; // the position of the oldest here; it stands at _first % length
    private long _next = 1;  // the position after the newest
    private long _bytes;

    public void Add(ReadOnlySpan<RecordedEvent> rows)
    {
        lock (_gate)
        {
            if (rows[0].Position.Value != _next)
            {
                Array.Clear(_ring);
                (_first, _next, _bytes) = (rows[0].Position.Value, rows[0].Position.Value, 0);
            }

            foreach (var row in rows)
            {
                if (_next - _first == _ring.Length)
                {
                    Grow();
                }

                _ring[_next % _ring.Length] = row;
                _next++;
                _bytes += SizeOf(row);
            }

            while (_bytes > maxBytes && _first < _next)
            {
                ref var oldest = ref _ring[_first % _ring.Length];
                _bytes -= SizeOf(oldest);
                oldest = null!;
                _first++;
            }
        }
    }

    public RecordedEvent? Find(long position)
    {
        lock (_gate)
        {
            return position >= _first && position < _next ? _ring[position % _ring.Length] : null;
        }
    }

    /// <summary>Copies events in order as far as they are here.</summary>
    /// <returns>False when the first one is not here.</returns>
    public bool TryCopy(long from, ReadDirection direction, Span<RecordedEvent> events, out int count)
    {
        lock (_gate)
        {
            count = 0;
            if (from < _first || from >= _next)
            {
                return false;
            }

            var step = direction == ReadDirection.Forward ? 1 : -1;
            for (var at = from; count < events.Length && at >= _first && at < _next; at += step)
            {
                events[count++] = _ring[at % _ring.Length];
            }

            return true;
        }
    }

    /// <summary>Forgets all of them: the file has them too.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _ring = new RecordedEvent[InitialLength];
            (_first, _bytes) = (_next, 0);
        }
    }

    private static long SizeOf(RecordedEvent row) => row.Data.Payload.Json.Length + (row.Before?.Length ?? 0) + Overhead;

    private void Grow()
    {
        var ring = new RecordedEvent[_ring.Length * 2];
        for (var at = _first; at < _next; at++)
        {
            ring[at % ring.Length] = _ring[at % _ring.Length];
        }

        _ring = ring;
    }
}
