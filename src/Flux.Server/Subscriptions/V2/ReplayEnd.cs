namespace Flux.Server.Subscriptions.V2;

/// <summary>Where a replay is to end.</summary>
internal abstract record ReplayEnd
{
    private ReplayEnd()
    {
    }

    /// <summary>At the head of the log, as it is when the replay begins.</summary>
    internal sealed record Head : ReplayEnd;

    /// <summary>Nowhere: when everything recorded was sent, it becomes a live subscription.</summary>
    internal sealed record Live : ReplayEnd;

    /// <summary>At a place.</summary>
    /// <param name="Place">Up to this; a time includes what was recorded at it.</param>
    internal sealed record At(StartPoint Place) : ReplayEnd;
}
