using Flux.Core.Log;
using Flux.Core.Subscriptions;

namespace Flux.Grains.Connections;

/// <summary>Knows when this silo last heard how far the log is, so that one that was frozen or cut off does not go on showing the past.</summary>
public sealed class HeadWatch(IEventLog log, IChangeDispatcher dispatcher, TimeProvider time)
{
    // Source: fault model, P8. The connection grain looks ten times as often.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(5);

    // Enough to be said within 5 s that a silo is cut off. Source: fault model, F40.
    private static readonly TimeSpan LongestSilenceInTouch = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private long _confirmed = time.GetTimestamp();
    private long _head; // as of then

    /// <summary>Gets how long the log has said nothing.</summary>
    public TimeSpan Silence => time.GetElapsedTime(Volatile.Read(ref _confirmed));

    /// <summary>Gets a value indicating whether the log answers this silo.</summary>
    public bool IsInTouch => Silence < LongestSilenceInTouch;

    /// <summary>Takes note that the log has just said how far it is.</summary>
    /// <param name="head">The position of its head.</param>
    public void OnConfirmed(Position head)
    {
        Volatile.Write(ref _head, head.Value);
        Volatile.Write(ref _confirmed, time.GetTimestamp());
    }

    /// <summary>Says whether a position takes in all that was in the log a short time ago.</summary>
    /// <param name="position">The position.</param>
    /// <param name="age">How old that knowledge may be.</param>
    /// <returns>False when there is more, or the log has said nothing for longer.</returns>
    public bool IsCurrent(Position position, TimeSpan age) => Silence <= age && position.Value >= Volatile.Read(ref _head);

    /// <summary>Returns at once while the silo is in touch with the log; else asks it, and waits until all that it has was heard of.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="EventLogUnavailableException">The log does not answer, or too much was missed.</exception>
    public ValueTask ConfirmAsync(CancellationToken cancellationToken) =>
        Silence < LongestSilence ? ValueTask.CompletedTask : AskAsync(cancellationToken);

    private async ValueTask AskAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var head = await log.ReadHeadAsync(cancellationToken);
        while (dispatcher.Position < head.Position)
        {
            if (time.GetElapsedTime(started) > LongestWait)
            {
                throw new EventLogUnavailableException("this silo is catching up with the log; ask again");
            }

            await Task.Delay(Pause, time, cancellationToken);
        }

        OnConfirmed(head.Position);
    }
}
