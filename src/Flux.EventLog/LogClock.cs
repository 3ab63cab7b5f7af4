using Flux.Core.Log;

namespace Flux.EventLog;

/// <summary>Goes on from a time that the log had, by the time that has passed since. Whoever sets the machine's clock does not move it.</summary>
internal sealed class LogClock(TimeProvider time)
{
    private volatile Reading _last = new(default, time.GetTimestamp());

    /// <summary>Sets it.</summary>
    /// <param name="now">What it is now.</param>
    public void Set(Timestamp now) => _last = new Reading(now, time.GetTimestamp());

    /// <summary>Reads it.</summary>
    /// <param name="pace">How fast it has gone since it was set: 1 as time does.</param>
    /// <returns>What it is now.</returns>
    public Timestamp Read(double pace = 1)
    {
        var last = _last;
        return new Timestamp(last.Time.Microseconds + (long)(time.GetElapsedTime(last.At).TotalMicroseconds * pace));
    }

    private sealed record Reading(Timestamp Time, long At);
}
