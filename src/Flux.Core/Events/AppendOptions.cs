using Flux.Core.Claims;
using Flux.Core.Entities;
using Flux.Core.Expressions;
using Flux.Core.Log;

namespace Flux.Core.Events;

/// <summary>What a producer asks for with an event, beside recording it: conditions, a time to live, a cause. Only what follows from it is recorded.</summary>
[GenerateSerializer, Immutable, Alias("flux.append-options")]
public sealed record AppendOptions
{
    /// <summary>The longest time to live, in seconds: ten years.</summary>
    public const long MaxTtl = 315_360_000;

    [NonSerialized]
    private Predicate? _predicate; // made from Condition when first needed

    /// <summary>Gets the version that the entity must have before the event; 0 when it must not exist. Null for any.</summary>
    [Id(0)]
    public long? IfVersion { get; init; }

    /// <summary>Gets a CEL condition over the entity before the event; null for none.</summary>
    [Id(1)]
    public string? Condition { get; init; }

    /// <summary>Gets the fencing token of a claim that must be held on the entity; null for none.</summary>
    [Id(2)]
    public long? ClaimToken { get; init; }

    /// <summary>Gets after how many seconds the entity is deleted, unless a later event says another; null for no change.</summary>
    [Id(3)]
    public long? Ttl { get; init; }

    /// <summary>Gets after how many seconds properties that the event sets become null.</summary>
    [Id(4)]
    public PropertyTtl[] PropertyTtls { get; init; } = [];

    /// <summary>Gets the id of the event that led to this one, as the producer named it; null for none, or when <see cref="Cause"/> is known.</summary>
    [Id(5)]
    public string? CausedBy { get; init; }

    /// <summary>Gets the position of the event that led to this one; null for none.</summary>
    [Id(6)]
    public Position? Cause { get; init; }

    /// <summary>Gets a value indicating whether the event is only recorded when something holds.</summary>
    public bool IsConditional => IfVersion is not null || Condition is not null || ClaimToken is not null;

    /// <summary>Gets <see cref="Condition"/>, compiled.</summary>
    /// <exception cref="ExpressionException">It is no condition over a state.</exception>
    public Predicate? Predicate => Condition is null ? null : _predicate ??= Compile(Condition);

    /// <summary>Gives the times at which what the event sets becomes due.</summary>
    /// <param name="now">The time of the event.</param>
    /// <returns>The times; null when it sets none.</returns>
    public Expiry? ToExpiry(Timestamp now)
    {
        if (Ttl is null && PropertyTtls.Length == 0)
        {
            return null;
        }

        return Expiry.Of(
            Ttl is { } ttl ? now.AddSeconds(ttl) : null,
            PropertyTtls.Select(property => new DueProperty(property.Name, now.AddSeconds(property.Seconds))));
    }

    /// <summary>Judges the conditions.</summary>
    /// <param name="id">The entity's id.</param>
    /// <param name="state">The entity before the event.</param>
    /// <param name="now">The time.</param>
    /// <returns>The first that does not hold; null when all do.</returns>
    public FailedCondition? FindFailed(string id, EntityState state, Timestamp now)
    {
        if (IfVersion is { } version && !(version == 0 ? !state.Exists : version == state.Version))
        {
            return FailedCondition.Version;
        }

        if (ClaimToken is { } token && !EntityClaim.IsHeld(state, token, now))
        {
            return FailedCondition.Claim;
        }

        return Predicate?.Judge(new EntityView(id, state.Properties)) switch
        {
            null or Verdict.Yes => null,
            Verdict.TooCostly => FailedCondition.TooCostly,
            _ => FailedCondition.Expression,
        };
    }

    private static Predicate Compile(string text)
    {
        var predicate = Predicate.Compile(text);
        return predicate.IsOverState
            ? predicate
            : throw new ExpressionException(1, 1, "a condition is over the entity as it is: it names properties, perhaps entity, and nothing else");
    }
}
