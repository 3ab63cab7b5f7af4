using System.Diagnostics;
using Flux.Core.Events;

namespace Flux.Core.Log;

/// <summary>Exact points at which a test lets a fault happen: an event whose stream has the point's name sets it off.</summary>
/// <remarks>Only where <c>FLUX_FAILPOINTS</c> is <c>on</c>, and only in debug builds: elsewhere such a stream is one like any other.</remarks>
public static class Failpoint
{
    /// <summary>The process is killed before the event's commit is sent.</summary>
    public const string BeforeCommit = "failpoint.before.commit";

    /// <summary>The process is killed when the commit is on disk, before anybody is told.</summary>
    public const string AfterCommit = "failpoint.after.commit";

    /// <summary>The process is killed once the event is acknowledged; its change never goes into the change streams.</summary>
    public const string AfterAcknowledgement = "failpoint.after.acknowledgement";

    /// <summary>The event goes to a second activation of its entity.</summary>
    public const string SecondActivation = "failpoint.second.activation";

    // For the acknowledgement to reach its client over another silo.
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(300);

#if DEBUG
    private static readonly bool s_isOn = Environment.GetEnvironmentVariable("FLUX_FAILPOINTS") is "on";
#else
    private const bool s_isOn = false;
#endif

    /// <summary>Says whether an event sets off a point.</summary>
    /// <param name="point">The point.</param>
    /// <param name="data">The event.</param>
    /// <returns>Always false in release builds.</returns>
    public static bool IsSetOffBy(string point, EventData data) => s_isOn && string.Equals(data.Stream, point, StringComparison.Ordinal);

    /// <summary>Kills this process at once when one of the events sets off the point. Left out of release builds.</summary>
    /// <param name="point">The point.</param>
    /// <param name="events">The events that have reached it.</param>
    [Conditional("DEBUG")]
    public static void Reach(string point, IEnumerable<EventData> events)
    {
        if (s_isOn && events.Any(data => IsSetOffBy(point, data)))
        {
            Kill();
        }
    }

    /// <summary>The same, a moment later. Left out of release builds.</summary>
    /// <param name="point">The point.</param>
    /// <param name="events">The events that have reached it.</param>
    [Conditional("DEBUG")]
    public static void ReachSoon(string point, IEnumerable<EventData> events)
    {
        if (s_isOn && events.Any(data => IsSetOffBy(point, data)))
        {
            _ = Task.Delay(Delay, TimeProvider.System).ContinueWith(static _ => Kill(), TaskScheduler.Default); // a timer that nobody holds may be collected before it is due
        }
    }

    // As kill -9 does it: nothing of ours runs any more.
    private static void Kill() => Process.GetCurrentProcess().Kill();
}
