namespace Flux.Server.Subscriptions.V2;

/// <summary>Why a subscription left the live path.</summary>
internal enum LeaveReason
{
    /// <summary>Too much was waiting for its client.</summary>
    TooSlow,

    /// <summary>The states around a change were not fetched for it, because it had joined a moment ago.</summary>
    Unjudged,

    /// <summary>Its predicate did not come to an end within its budget.</summary>
    TooCostly,
}
