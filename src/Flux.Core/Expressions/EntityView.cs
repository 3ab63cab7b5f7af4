using Flux.Core.Entities;

namespace Flux.Core.Expressions;

/// <summary>An entity as predicates see it. The JSON of a property is decoded once, when first asked for.</summary>
/// <param name="id">The entity's id.</param>
/// <param name="properties">Its properties.</param>
public sealed class EntityView(string id, PropertyMap properties) : IVariableSource
{
    /// <summary>Gets the entity's id.</summary>
    public string Id => id;

    internal CelMap Properties { get; } = new PropertiesAsMap(properties);

    /// <inheritdoc/>
    CelValue IVariableSource.GetVariable(int index) => index switch
    {
        PredicateVariables.Entity => CelValue.Of(id),
        PredicateVariables.Properties => CelValue.Of(Properties),
        _ => throw new InvalidOperationException($"a state has no variable {index}"),
    };
}
