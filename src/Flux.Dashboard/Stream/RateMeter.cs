namespace Flux.Dashboard.Stream;

/// <summary>Counts events by the second.</summary>
internal sealed class RateMeter(TimeProvider time)
{
    private const int Seconds = 5;

    private readonly long[] _counts = new long[Seconds + 1]; // the second that is under way is one more
    private readonly long _start = time.GetTimestamp();
    private long _second;

    /// <summary>Gets how many a second there were in the last whole seconds.</summary>
    public double PerSecond
    {
        get
        {
            Add(0);
            var under = _counts[_second % _counts.Length];
            return (_counts.Sum() - under) / (double)Seconds;
        }
    }

    /// <summary>Counts.</summary>
    /// <param name="events">How many.</param>
    public void Add(long events)
    {
        var now = (long)time.GetElapsedTime(_start).TotalSeconds;
        for (; _second < now; _second++)
        {
            _counts[(_second + 1) % _counts.Length] = 0;
            if (now - _second > _counts.Length)
            {
                Array.Clear(_counts);
                _second = now - 1;
            }
        }

        _counts[_second % _counts.Length] += events;
    }
}
