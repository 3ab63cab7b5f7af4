namespace Flux.Core.Events;

/// <summary>The entities in which Flux keeps what it decides about itself: namespaces, tokens, configuration. Clients can neither write nor read them.</summary>
/// <remarks>Their ids lie outside the grammar of names, so nobody can own them. Source: design, section 7.</remarks>
public static class SystemEntity
{
    /// <summary>What their ids start with.</summary>
    public const string Prefix = "$flux/";

    /// <summary>The namespace of all of them.</summary>
    public const string Namespace = "$flux";

    private const string NamespacePrefix = Prefix + "namespaces/";

    /// <summary>The runtime configuration.</summary>
    public static readonly EntityKey Configuration = EntityKey.Trusted(Prefix + "config");

    /// <summary>Says whether an id is one of theirs.</summary>
    /// <param name="entityId">The id.</param>
    /// <returns>True for a reserved id.</returns>
    public static bool Owns(string entityId) => entityId.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Gives the entity that records a namespace.</summary>
    /// <param name="name">The namespace's name.</param>
    /// <returns>Its entity.</returns>
    public static EntityKey OfNamespace(string name) => EntityKey.Trusted(NamespacePrefix + name);

    /// <summary>Finds the namespace that an entity records.</summary>
    /// <param name="entityId">The entity's id.</param>
    /// <returns>The name; null when it records something else.</returns>
    public static string? ToNamespace(string entityId) =>
        entityId.StartsWith(NamespacePrefix, StringComparison.Ordinal) ? entityId[NamespacePrefix.Length..] : null;
}
