namespace Flux.Core.Log;

/// <summary>Which condition of an event did not hold.</summary>
public enum FailedCondition
{
    /// <summary>The entity has another version.</summary>
    Version,

    /// <summary>The claim whose token came with the event is not held any more.</summary>
    Claim,

    /// <summary>The expression is not true of the entity.</summary>
    Expression,

    /// <summary>The expression took too many steps: nobody knows whether it is true.</summary>
    TooCostly,
}
