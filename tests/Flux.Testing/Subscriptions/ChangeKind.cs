namespace Flux.Testing.Subscriptions;

/// <summary>As what a change is told.</summary>
internal enum ChangeKind
{
    /// <summary><c>change</c>: with the properties that the event set.</summary>
    Change,

    /// <summary><c>entity_deleted</c>.</summary>
    Deleted,

    /// <summary><c>enter</c>: with all properties.</summary>
    Enter,

    /// <summary><c>leave</c>.</summary>
    Leave,
}
