using Flux.Core.Entities;

namespace Flux.Core.Expressions;

/// <summary>A condition over the state of an entity, in the Common Expression Language. Any number of threads may use it at once.</summary>
/// <remarks>
/// Its variables: <c>entity</c> and <c>properties</c>, as in a <see cref="Predicate"/>, and <c>version</c> and <c>lastUpdated</c>. An error
/// of the evaluation, such as a property that is missing, is <see cref="Verdict.No"/>.
/// </remarks>
public sealed class EntityFilter
{
    private static readonly VariableSet Variables = VariableSet.Empty
        .With("entity", CelType.String)
        .With("properties", CelType.Map(CelType.String, CelType.Dyn))
        .With("version", CelType.Int)
        .With("lastUpdated", CelType.Timestamp);

    private readonly Expression _expression;

    private EntityFilter(Expression expression) => _expression = expression;

    /// <summary>Gets the text.</summary>
    public string Text => _expression.Text;

    /// <summary>Parses and checks a text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The filter.</returns>
    /// <exception cref="ExpressionException">It is no expression, its types do not fit, it is beyond a limit, or no bool.</exception>
    public static EntityFilter Compile(string text)
    {
        var expression = Expression.Compile(text, Variables);
        return expression.Type.Kind is CelTypeKind.Bool or CelTypeKind.Dyn
            ? new EntityFilter(expression)
            : throw new ExpressionException(1, 1, $"a condition must be a bool, and this is of type {expression.Type}");
    }

    /// <summary>Judges an entity.</summary>
    /// <param name="entity">The entity.</param>
    /// <returns>What the condition says.</returns>
    public Verdict Judge(ListedEntity entity)
    {
        var value = _expression.Evaluate(new ListedEntityView(entity));
        return value.IsTrue ? Verdict.Yes : value.IsError && value.Error.IsTooCostly ? Verdict.TooCostly : Verdict.No;
    }
}
