namespace Flux.Testing.Subscriptions;

/// <summary>Cuts a connection at most once, and remembers it.</summary>
internal sealed class CutOnce(ISubscriptionFeed feed)
{
    private volatile bool _isDone;

    public bool IsDone => _isDone;

    /// <summary>Cuts it, unless it is to be spared.</summary>
    public void Do(bool spared)
    {
        if (!spared)
        {
            _isDone = true; // first, so that whoever sees the end knows why
            feed.Cut();
        }
    }
}
