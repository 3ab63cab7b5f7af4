namespace Flux.Core.Expressions;

/// <summary>What a predicate says.</summary>
public enum Verdict
{
    /// <summary>It does not hold; or it could not be evaluated, because a property is missing or of another type.</summary>
    No,

    /// <summary>It holds.</summary>
    Yes,

    /// <summary>It was given up after <see cref="ExpressionLimits.DefaultSteps"/> steps; nobody knows whether it holds.</summary>
    TooCostly,
}
