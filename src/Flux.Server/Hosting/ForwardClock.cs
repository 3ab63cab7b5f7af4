namespace Flux.Server.Hosting;

/// <summary>The machine's clock, which never goes back here.</summary>
/// <remarks>
/// When it is set back, this one goes on at half its pace until it is reached. Orleans collects activations by the clock: after one that went back an hour it would
/// refuse new ones for an hour.
/// </remarks>
/// <param name="machine">The machine's clock.</param>
internal sealed class ForwardClock(TimeProvider machine) : TimeProvider
{
    // Threads that read at the same time differ by less.
    private const long Together = TimeSpan.TicksPerMillisecond;

    private readonly Lock _gate = new();
    private long _last; // ticks, to a millisecond
    private bool _isBehind;
    private long _behindSince; // guarded by _gate: a timestamp, at which this clock showed _last

    /// <inheritdoc/>
    public override long TimestampFrequency => machine.TimestampFrequency;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => machine.LocalTimeZone;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        var now = machine.GetUtcNow();
        var last = Volatile.Read(ref _last);
        if (now.UtcTicks - last is > -Together and < Together)
        {
            return now; // as it is nearly always under load: nothing is written
        }

        return now.UtcTicks > last && !Volatile.Read(ref _isBehind) ? Advance(now, last) : GoOn(now);
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => machine.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        machine.CreateTimer(callback, state, dueTime, period);

    private DateTimeOffset Advance(DateTimeOffset now, long last)
    {
        Interlocked.CompareExchange(ref _last, now.UtcTicks, last); // whoever was faster has written nearly the same
        return now;
    }

    private DateTimeOffset GoOn(DateTimeOffset now)
    {
        lock (_gate)
        {
            var stamp = machine.GetTimestamp();
            if (!_isBehind)
            {
                (_behindSince, _isBehind) = (stamp, true);
            }

            var least = _last + (machine.GetElapsedTime(_behindSince, stamp).Ticks / 2);
            if (now.UtcTicks >= least)
            {
                _isBehind = false;
                least = now.UtcTicks;
            }

            Volatile.Write(ref _last, least);
            _behindSince = stamp;
            return new DateTimeOffset(least, TimeSpan.Zero);
        }
    }
}
