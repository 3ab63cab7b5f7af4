namespace Flux.Client;

/// <summary>
/// Measures the silence of one connection and judges it. It is told of arrivals and of regular ticks, and knows no clock and no threads, so
/// whoever has it makes sure of one call at a time.
/// </summary>
/// <remarks>
/// Silence is the sum of the time between ticks, and one late tick counts as two at most: what a process slept through (stopped, suspended,
/// starved) it did not listen to, and what came meanwhile waits in the socket. While the reader of the socket is held up by the application
/// nothing counts at all.
/// </remarks>
internal sealed class SilenceWatch
{
    /// <summary>How many ticks there are in the limit of silence.</summary>
    public const int TicksInLimit = 24;

    // Reading the log for ten limits without one match is possible, being silent for so long without having died is not likely. It is
    // doubled each time.
    private const int PatienceInLimits = 10;

    private readonly TimeSpan _limit;
    private readonly TimeSpan _answerLimit;
    private readonly TimeSpan _patience;
    private TimeSpan _seen;          // up to here time has been counted
    private TimeSpan _quiet;         // since the last frame of a subscription
    private TimeSpan _quietAtAll;    // since the last frame of any kind
    private TimeSpan _sincePing;
    private TimeSpan? _stalledSince; // there while the reader is held up

    /// <summary>Begins to listen.</summary>
    /// <param name="limit">For how long a live feed may be silent.</param>
    /// <param name="answerLimit">For how long an answer may take.</param>
    /// <param name="doublings">How often catching up was given up before without getting anywhere.</param>
    /// <param name="now">The time, from any beginning.</param>
    public SilenceWatch(TimeSpan limit, TimeSpan answerLimit, int doublings, TimeSpan now)
    {
        _limit = limit;
        _answerLimit = answerLimit;
        _patience = limit * (PatienceInLimits * Math.Pow(2, Math.Min(doublings, 16)));
        _seen = now;
        Tick = limit / TicksInLimit;
    }

    /// <summary>Gets the time between two ticks.</summary>
    public TimeSpan Tick { get; }

    /// <summary>
    /// Gets a value indicating whether this client did not read for so long that the server may serve its subscriptions from the log.
    /// </summary>
    /// <remarks>Whoever sees it treats them as catching up, and calls <see cref="ForgetAbsence"/>.</remarks>
    public bool WasAbsent { get; private set; }

    /// <summary>The absence was taken into account.</summary>
    public void ForgetAbsence() => WasAbsent = false;

    /// <summary>Something was asked for on a connection from which nothing had to come: silence counts from here.</summary>
    /// <param name="now">When.</param>
    public void Begin(TimeSpan now)
    {
        Pass(now);
        _quiet = _quietAtAll = _sincePing = TimeSpan.Zero;
    }

    /// <summary>A part of a message arrived, or the whole of one.</summary>
    /// <param name="now">When.</param>
    /// <param name="provesFeed">Whether it is more than a sign that the socket is served.</param>
    public void Heard(TimeSpan now, bool provesFeed)
    {
        Pass(now);
        _quietAtAll = TimeSpan.Zero;
        if (provesFeed)
        {
            _quiet = TimeSpan.Zero;
        }
    }

    /// <summary>The reader is held up: silence says nothing until <see cref="Resume"/>.</summary>
    /// <param name="now">Since when.</param>
    public void Stall(TimeSpan now)
    {
        Pass(now);
        _stalledSince = now;
    }

    /// <summary>The reader reads on.</summary>
    /// <param name="now">From when.</param>
    public void Resume(TimeSpan now)
    {
        WasAbsent |= now - _stalledSince > _limit / 3;
        _stalledSince = null;
        _seen = now;
        _quiet = _quietAtAll = _sincePing = TimeSpan.Zero;
    }

    /// <summary>Judges the silence so far. It must be called each <see cref="Tick"/>, or as soon after as the process can.</summary>
    /// <param name="now">When.</param>
    /// <param name="mode">What may be expected.</param>
    /// <returns>What to do.</returns>
    public SilenceVerdict Judge(TimeSpan now, WatchMode mode)
    {
        if (_stalledSince is not null)
        {
            return SilenceVerdict.Fine;
        }

        Pass(now);

        // The next tick, which may be somewhat late, would be too late for what becomes due before it.
        var soon = Tick * 1.5;
        var (quiet, limit) = mode switch
        {
            WatchMode.Live => (_quiet, _limit),
            WatchMode.Asked => (_quiet, _answerLimit),
            WatchMode.CatchingUp when _quiet + soon > _patience => (_quiet, _patience),
            WatchMode.CatchingUp => (_quietAtAll, _limit),
            _ => (_quietAtAll, _limit * PatienceInLimits),
        };
        if (quiet + soon > limit)
        {
            return SilenceVerdict.Dead(quiet, RanOutOfPatience: mode is WatchMode.CatchingUp && limit == _patience);
        }

        var pingAfter = mode switch
        {
            WatchMode.CatchingUp => _limit / 3,
            WatchMode.Idle => _limit * PatienceInLimits / 3,
            _ => TimeSpan.MaxValue,
        };
        if (_quietAtAll >= pingAfter && _sincePing >= pingAfter)
        {
            _sincePing = TimeSpan.Zero;
            return SilenceVerdict.Ping;
        }

        return SilenceVerdict.Fine;
    }

    private void Pass(TimeSpan now)
    {
        var passed = now - _seen;
        if (passed <= TimeSpan.Zero)
        {
            return;
        }

        _seen = now;
        if (passed > _limit)
        {
            // Slept through: nothing that was heard or not heard before says anything about now.
            WasAbsent = true;
            _quiet = _quietAtAll = _sincePing = TimeSpan.Zero;
            return;
        }

        var counted = passed < Tick * 2 ? passed : Tick * 2;
        _quiet += counted;
        _quietAtAll += counted;
        _sincePing += counted;
    }
}
