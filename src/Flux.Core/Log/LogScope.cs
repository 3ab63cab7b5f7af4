using Flux.Core.Events;

namespace Flux.Core.Log;

/// <summary>Which events a reader wants.</summary>
public abstract record LogScope
{
    private LogScope()
    {
    }

    /// <summary>Gets the scope of the whole log.</summary>
    public static LogScope All { get; } = new Everything();

    /// <summary>Every event, with or without an entity.</summary>
    public sealed record Everything : LogScope;

    /// <summary>The events of one namespace; the empty name stands for ids without one and for events without an entity.</summary>
    /// <param name="Name">The namespace.</param>
    public sealed record OfNamespace(string Name) : LogScope;

    /// <summary>The events of one entity.</summary>
    /// <param name="Key">The entity.</param>
    public sealed record OfEntity(EntityKey Key) : LogScope;
}
