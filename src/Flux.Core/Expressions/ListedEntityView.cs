using Flux.Core.Entities;

namespace Flux.Core.Expressions;

/// <summary>An entity in a list as filters see it. Its JSON is read when it is first asked for.</summary>
internal sealed class ListedEntityView(ListedEntity entity) : IVariableSource
{
    private CelMap? _properties;

    /// <inheritdoc/>
    public CelValue GetVariable(int index) => index switch
    {
        0 => CelValue.Of(entity.Id),
        1 => CelValue.Of(_properties ??= new PropertiesAsMap(EntityState.ReadProperties(entity.Properties))),
        2 => CelValue.Of(entity.Version),
        3 => CelTime.From(entity.LastUpdated),
        _ => throw new InvalidOperationException($"an entity in a list has no variable {index}"),
    };
}
