namespace Flux.Core.Events;

/// <summary>How large an event and an entity may be. Source: bad-input, "Limits".</summary>
public static class EventLimits
{
    /// <summary>The deepest nesting of objects and arrays in an event, the event itself being the first level.</summary>
    public const int MaxDepth = 128;

    /// <summary>The most properties that one event may set.</summary>
    public const int MaxPropertiesPerEvent = 10_000;

    /// <summary>The longest property name, in UTF-8 bytes.</summary>
    public const int MaxPropertyNameBytes = 1024;

    /// <summary>The most properties that an entity may have.</summary>
    public const int MaxPropertiesPerEntity = 100_000;

    /// <summary>The most bytes of names and values that an entity may hold.</summary>
    public const long MaxEntityBytes = 16L * 1024 * 1024;
}
