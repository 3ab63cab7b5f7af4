namespace Flux.EventLog.Projection;

/// <summary>Makes commits wait for the projection while it is more than five seconds behind.</summary>
/// <param name="lag">How long the oldest event that is not projected has been in the log.</param>
/// <param name="waitForProgress">Hurries the projection and waits for it, so long at most.</param>
public sealed class ProjectionGate(Func<TimeSpan> lag, Func<TimeSpan, ValueTask> waitForProgress) : IIngestGate
{
    // Source: design, section 6.
    private static readonly TimeSpan LongestLag = TimeSpan.FromSeconds(5);

    // A projection that is stuck (a full disk) must not stop commits for ever: the log has its own word on that.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async ValueTask WaitAsync()
    {
        if (lag() > LongestLag)
        {
            await waitForProgress(LongestWait).ConfigureAwait(false);
        }
    }
}
