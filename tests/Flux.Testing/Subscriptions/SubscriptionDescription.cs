namespace Flux.Testing.Subscriptions;

/// <summary>What a subscriber asked for, over all its connections.</summary>
internal sealed record SubscriptionDescription
{
    /// <summary>Gets its name, which is also its <c>sub</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Gets what it is about.</summary>
    public required SubscriptionScope Scope { get; init; }

    /// <summary>Gets its predicate; null for none.</summary>
    public SubscriptionPredicate? Predicate { get; init; }

    /// <summary>Gets what it wants when it reads too slowly.</summary>
    public SlowReading Slow { get; init; }

    /// <summary>Gets a value indicating whether it asked for progress frames.</summary>
    public bool Progress { get; init; }

    /// <summary>Gets how it is spoken.</summary>
    public SubscriptionProtocol Protocol { get; init; }

    /// <summary>Gets a value indicating whether its changes are those of the set of entities for which its predicate is true.</summary>
    public bool IsOverState => Predicate is { IsOverState: true };

    /// <summary>Gets a value indicating whether its client knows the state of all that is in scope: no change is withheld from it.</summary>
    public bool FollowsState => Predicate is null || IsOverState;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Name} ({Scope}{(Predicate is null ? string.Empty : $" where {Predicate.Text}")}, {Slow}, {Protocol}{(Progress ? ", progress" : string.Empty)})";
}
