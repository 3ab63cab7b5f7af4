namespace Flux.Testing.Subscriptions;

/// <summary>What a row does to its entity.</summary>
internal enum StepKind
{
    /// <summary>Nothing that a subscriber hears of.</summary>
    Nothing,

    /// <summary>It sets properties.</summary>
    Sets,

    /// <summary>It removes an entity that was there.</summary>
    Deletes,
}
