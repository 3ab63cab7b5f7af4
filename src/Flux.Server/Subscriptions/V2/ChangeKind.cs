namespace Flux.Server.Subscriptions.V2;

/// <summary>What a change is to a subscription.</summary>
internal enum ChangeKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It sets properties.</summary>
    Change,

    /// <summary>It removes the entity.</summary>
    Deleted,

    /// <summary>The entity begins to match the predicate over its state.</summary>
    Enter,

    /// <summary>It matches no longer.</summary>
    Leave,

    /// <summary>It is damaged, and its entity quarantined.</summary>
    Quarantined,

    /// <summary>The predicate did not come to an end within its budget.</summary>
    TooCostly,
}
