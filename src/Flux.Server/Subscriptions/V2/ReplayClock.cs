using Flux.Core.Log;

namespace Flux.Server.Subscriptions.V2;

/// <summary>The clock of a replay: it shows recorded times, and runs faster or slower than they passed. Not safe for several threads.</summary>
/// <param name="time">The clock of the present.</param>
/// <param name="speed">How much faster; null for as fast as possible, when it shows the time of what was last due.</param>
/// <param name="maxIdle">The longest wait, in the present; null for any.</param>
internal sealed class ReplayClock(TimeProvider time, double? speed, TimeSpan? maxIdle)
{
    // Later than this is no hiccup: hurrying after the schedule would bring in a heap what had been apart.
    private static readonly TimeSpan MostLate = TimeSpan.FromSeconds(1);

    // Whoever waits looks again: timers take no more than some weeks.
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private long _since = time.GetTimestamp();
    private Timestamp? _then; // what it showed at _since

    /// <summary>Gets how much faster it runs; null for as fast as possible.</summary>
    public double? Speed { get; private set; } = speed;

    /// <summary>Gets a value indicating whether it stands still.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Gets what it shows, which never is the future; null while nothing was due and it was not set.</summary>
    public Timestamp? Now
    {
        get
        {
            if (_then is not { } then || IsPaused || Speed is not { } times)
            {
                return _then;
            }

            var present = Math.Max(then.Microseconds, Timestamp.From(time.GetUtcNow()).Microseconds);
            return new Timestamp((long)Math.Min(then.Microseconds + (time.GetElapsedTime(_since).TotalMicroseconds * times), present));
        }
    }

    /// <summary>Sets it.</summary>
    /// <param name="now">What it is to show; null to begin with what is due next.</param>
    public void Set(Timestamp? now)
    {
        _then = now;
        _since = time.GetTimestamp();
    }

    /// <summary>Stops it.</summary>
    public void Pause()
    {
        Set(Now);
        IsPaused = true;
    }

    /// <summary>Lets it run on.</summary>
    public void Resume()
    {
        Set(Now);
        IsPaused = false;
    }

    /// <summary>Lets it run faster or slower from now on.</summary>
    public void ChangeSpeed(double? times)
    {
        Set(Now);
        Speed = times;
    }

    /// <summary>Says how long to wait for something. It is set forward when that were too long, and back when it is much too late.</summary>
    /// <param name="due">The recorded time of what comes next.</param>
    /// <returns>How long; zero or less when it is due.</returns>
    public TimeSpan Until(Timestamp due)
    {
        if (Speed is not { } times || Now is not { } now)
        {
            Set(due);
            return TimeSpan.Zero;
        }

        var left = (due.Microseconds - now.Microseconds) / times;
        if (maxIdle is { } most && left > most.TotalMicroseconds)
        {
            Set(new Timestamp(due.Microseconds - (long)(most.TotalMicroseconds * times)));
            return most;
        }

        if (left < -MostLate.TotalMicroseconds)
        {
            Set(due);
            return TimeSpan.Zero;
        }

        return left > LongestWait.TotalMicroseconds ? LongestWait : TimeSpan.FromMicroseconds(left);
    }
}
