namespace Flux.Client;

/// <summary>Where a subscription stands on one connection.</summary>
/// <param name="subscription">The subscription.</param>
internal sealed class Attendance(FluxSubscription subscription) : IDisposable
{
    /// <summary>The stages, in their usual order.</summary>
    public enum Stage
    {
        Asked,
        Refused, // the server cannot serve it now; it is asked again later
        CatchingUp,
        Live,
    }

    public FluxSubscription Subscription { get; } = subscription;

    public Stage At { get; set; }

    /// <summary>Gets or sets what asks again.</summary>
    public ITimer? Retry { get; set; }

    public void Dispose() => Retry?.Dispose();
}
