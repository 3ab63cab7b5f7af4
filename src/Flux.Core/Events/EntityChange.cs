namespace Flux.Core.Events;

/// <summary>What an event does to its entity, if anything. Source: wire-contract section 6.</summary>
public sealed class EntityChange
{
    /// <summary>The name whose value <c>true</c> makes an event a deletion.</summary>
    public const string DeletedProperty = "__deleted__";

    /// <summary>An event that changes nothing: no entity, no properties object, or an empty one.</summary>
    public static readonly EntityChange None = new(isDeletion: false, []);

    /// <summary>An event that removes its entity.</summary>
    public static readonly EntityChange Deletion = new(isDeletion: true, []);

    private readonly PropertyChange[] _properties;

    private EntityChange(bool isDeletion, PropertyChange[] properties)
    {
        IsDeletion = isDeletion;
        _properties = properties;
    }

    /// <summary>Gets a value indicating whether the event removes its entity.</summary>
    public bool IsDeletion { get; }

    /// <summary>Gets a value indicating whether the event sets at least one property.</summary>
    public bool SetsProperties => _properties.Length > 0;

    /// <summary>Gets the properties that the event sets: each name once, in the order of their last occurrence.</summary>
    public ReadOnlySpan<PropertyChange> Properties => _properties;

    /// <summary>Makes the change that sets these properties.</summary>
    /// <param name="properties">Each name once; none means no change.</param>
    /// <returns>The change.</returns>
    public static EntityChange Set(PropertyChange[] properties) =>
        properties.Length == 0 ? None : new EntityChange(isDeletion: false, properties);
}
