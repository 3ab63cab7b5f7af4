namespace Flux.Client;

/// <summary>What the server does when a subscription is read too slowly.</summary>
public enum SlowReader
{
    /// <summary>It serves every change from the log at the reader's pace.</summary>
    CatchUp,

    /// <summary>It sends the newest value of each property and says with <see cref="SubscriptionItem.Skipped"/> what was merged.</summary>
    Conflate,

    /// <summary>It closes the connection; this client comes back with the last cursor.</summary>
    Disconnect,
}
