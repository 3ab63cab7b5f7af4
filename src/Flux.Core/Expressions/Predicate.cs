namespace Flux.Core.Expressions;

/// <summary>A condition over a change or a state, in the Common Expression Language. Any number of threads may use it at once.</summary>
/// <remarks>
/// Its variables: <c>entity</c>, <c>properties</c>, <c>previous</c>, <c>changed</c>, <c>deleted</c> and <c>event</c>. An error of the evaluation,
/// such as a property that is missing, is <see cref="Verdict.No"/>: entities of one scope differ, and one without a temperature is not above 30.
/// </remarks>
public sealed class Predicate
{
    private readonly Expression _expression;

    private Predicate(Expression expression)
    {
        _expression = expression;
        NeedsState = expression.Uses(PredicateVariables.Properties) || expression.Uses(PredicateVariables.Previous);
        IsOverState = expression.Uses(PredicateVariables.Properties)
            && !expression.Uses(PredicateVariables.Previous) && !expression.Uses(PredicateVariables.Changed)
            && !expression.Uses(PredicateVariables.Deleted) && !expression.Uses(PredicateVariables.Event);
    }

    /// <summary>Gets the text.</summary>
    public string Text => _expression.Text;

    /// <summary>Gets a value indicating whether it names <c>properties</c> or <c>previous</c>, which an event alone does not hold.</summary>
    public bool NeedsState { get; }

    /// <summary>
    /// Gets a value indicating whether it names <c>properties</c>, and otherwise nothing but <c>entity</c>:
    /// it says whether an entity belongs to a set of rows.
    /// </summary>
    public bool IsOverState { get; }

    /// <summary>Parses and checks a text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The predicate.</returns>
    /// <exception cref="ExpressionException">It is no expression, its types do not fit, it is beyond a limit, or its value is no bool.</exception>
    public static Predicate Compile(string text)
    {
        var expression = Expression.Compile(text, PredicateVariables.All);
        return expression.Type.Kind is CelTypeKind.Bool or CelTypeKind.Dyn
            ? new Predicate(expression)
            : throw new ExpressionException(1, 1, $"a predicate must be a bool, and this is of type {expression.Type}");
    }

    /// <summary>Judges an entity.</summary>
    /// <param name="entity">The entity.</param>
    /// <returns>What the predicate says.</returns>
    /// <exception cref="InvalidOperationException">The predicate is not one over a state: see <see cref="IsOverState"/>.</exception>
    public Verdict Judge(EntityView entity) =>
        IsOverState
            ? Judge((IVariableSource)entity)
            : throw new InvalidOperationException($"the predicate {Text} needs more than a state: it speaks of a change");

    /// <summary>Judges a change.</summary>
    /// <param name="change">The change.</param>
    /// <returns>What the predicate says.</returns>
    public Verdict Judge(ChangeView change) => Judge((IVariableSource)change);

    private Verdict Judge(IVariableSource variables)
    {
        var value = _expression.Evaluate(variables);
        return value.IsTrue ? Verdict.Yes : value.IsError && value.Error.IsTooCostly ? Verdict.TooCostly : Verdict.No;
    }
}
