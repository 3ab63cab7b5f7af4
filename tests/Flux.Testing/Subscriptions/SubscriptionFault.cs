namespace Flux.Testing.Subscriptions;

/// <summary>What a subscription is judged for.</summary>
internal enum SubscriptionFault
{
    /// <summary>A change that should have come never came.</summary>
    Gap,

    /// <summary>A change came again, and nobody had asked for it.</summary>
    Repeat,

    /// <summary>A change came behind a later one.</summary>
    Order,

    /// <summary>A frame says something else than the row.</summary>
    Altered,

    /// <summary>A change that the log does not have, or that is out of scope, or for which the predicate is false.</summary>
    Phantom,

    /// <summary>The rows and changes of a snapshot do not give the state at its position.</summary>
    Snapshot,

    /// <summary>Merged changes are not what the receipt says.</summary>
    Skipped,

    /// <summary>A frame says «you have everything up to here», and it was not so.</summary>
    Claim,

    /// <summary>The subscription began elsewhere than it was asked to.</summary>
    Resume,

    /// <summary>Whoever applied all frames has another set of entities than the log.</summary>
    State,

    /// <summary>A frame or an end that the protocol does not have at this place.</summary>
    Protocol,
}
