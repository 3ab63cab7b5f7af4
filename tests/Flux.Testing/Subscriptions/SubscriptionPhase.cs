namespace Flux.Testing.Subscriptions;

/// <summary>Where a subscription stands.</summary>
internal enum SubscriptionPhase
{
    /// <summary>There is no connection.</summary>
    Away,

    /// <summary>It was asked for; nothing has come.</summary>
    Asked,

    /// <summary>Rows come, and changes to them.</summary>
    Snapshot,

    /// <summary>Changes come.</summary>
    Running,

    /// <summary>The server has ended it; nothing of it may come on this connection.</summary>
    Over,
}
