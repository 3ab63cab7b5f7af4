using Flux.Core.Log;

namespace Flux.Core.Series;

/// <summary>Divides a series into stretches of equal length.</summary>
public sealed class SeriesBuckets
{
    private readonly List<SeriesBucket> _buckets = [];
    private readonly long _start;
    private readonly long _width;
    private SeriesBucket? _last;
    private long _lastEnd;

    /// <summary>Initializes a new instance of the <see cref="SeriesBuckets"/> class.</summary>
    /// <param name="start">When the first begins.</param>
    /// <param name="end">When the last ends at the latest, exclusive; after <paramref name="start"/>.</param>
    /// <param name="count">How many there may be. Each has the same whole number of microseconds, so there may be fewer.</param>
    public SeriesBuckets(Timestamp start, Timestamp end, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(end, start);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        _start = start.Microseconds;
        var (whole, rest) = Math.DivRem(end.Microseconds - start.Microseconds, count);
        _width = whole + (rest == 0 ? 0 : 1);
    }

    /// <summary>Gets those that have points, in order.</summary>
    public IReadOnlyList<SeriesBucket> Buckets => _buckets;

    /// <summary>Adds points.</summary>
    /// <param name="points">Points in order, not before those that were added nor before the start.</param>
    public void Add(ReadOnlySpan<SeriesPoint> points)
    {
        foreach (ref readonly var point in points)
        {
            var time = point.RecordedAt.Microseconds;
            if (_last is null || time >= _lastEnd)
            {
                var begin = _start + ((time - _start) / _width * _width);
                _last = new SeriesBucket(new Timestamp(begin));
                _lastEnd = begin + _width;
                _buckets.Add(_last);
            }

            _last.Add(point);
        }
    }
}
