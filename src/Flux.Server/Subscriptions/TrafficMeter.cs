namespace Flux.Server.Subscriptions;

/// <summary>Counts what the metrics frames tell: events, their rate, and who sends them. Memory is bounded. Not safe for several threads.</summary>
internal sealed class TrafficMeter(TimeProvider time)
{
    private const int RateSeconds = 5;
    private const int PublisherSeconds = 10;

    // Beyond this many the number of publishers is a lower bound.
    private const int MaxPublishers = 10_000;

    private const int SlotsPerSecond = 10;

    private readonly long _start = time.GetTimestamp();
    private readonly long[] _slots = new long[RateSeconds * SlotsPerSecond];
    private readonly Dictionary<string, long> _publishers = new(StringComparer.Ordinal);
    private long _slot;

    /// <summary>Gets how many events were applied since the start.</summary>
    public long Applied { get; private set; }

    private long Now => (long)(time.GetElapsedTime(_start).TotalSeconds * SlotsPerSecond);

    /// <summary>Counts an event.</summary>
    public void OnEvent(string source, bool isApplied)
    {
        var now = Now;
        if (isApplied)
        {
            Turn(now);
            Applied++;
            _slots[now % _slots.Length]++;
        }

        if (_publishers.Count < MaxPublishers || _publishers.ContainsKey(source))
        {
            _publishers[source] = now;
        }
    }

    /// <summary>Gives the events per second over the last five.</summary>
    public double Rate()
    {
        Turn(Now);
        return _slots.Sum() / (double)RateSeconds;
    }

    /// <summary>Gives how many sources sent something in the last ten seconds, and forgets the others.</summary>
    public int Publishers()
    {
        var earliest = Now - (PublisherSeconds * SlotsPerSecond);
        foreach (var (source, last) in _publishers)
        {
            if (last < earliest)
            {
                _publishers.Remove(source);
            }
        }

        return _publishers.Count;
    }

    private void Turn(long now)
    {
        for (var i = Math.Max(_slot, now - _slots.Length) + 1; i <= now; i++)
        {
            _slots[i % _slots.Length] = 0;
        }

        _slot = now;
    }
}
