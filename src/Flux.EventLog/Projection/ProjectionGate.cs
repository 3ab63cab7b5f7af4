namespace Flux.EventLog.Projection;

/// <summary>Makes commits wait for the projection while it is more than five seconds behind.</summary>
/// <param name="projector">The projection.</param>
public sealed class ProjectionGate(Projector projector) : IIngestGate
{
    // Source: design, section 6.
    private static readonly TimeSpan LongestLag = TimeSpan.FromSeconds(5);

    // A projection that is stuck (a full disk) must not stop commits for ever: the log has its own word on that.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async ValueTask WaitAsync()
    {
        if (projector.Lag > LongestLag)
        {
            await projector.WaitForProgressAsync(LongestWait).ConfigureAwait(false);
        }
    }
}
