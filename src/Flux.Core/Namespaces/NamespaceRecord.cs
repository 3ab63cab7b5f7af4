using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Flux.Core.Entities;
using Flux.Core.Events;

namespace Flux.Core.Namespaces;

/// <summary>Everything known of a namespace: the fold of the events about it.</summary>
/// <remarks>It is the state of the entity <c>$flux/namespaces/NAME</c>; each part is a property of that entity.</remarks>
[GenerateSerializer, Immutable, Alias("flux.namespace-record")]
public sealed record NamespaceRecord
{
    internal const string IdProperty = "id";
    internal const string CreatedAtProperty = "createdAt";
    internal const string StateProperty = "state";
    internal const string PrivateProperty = "private";
    internal const string ReservedProperty = "reserved";
    internal const string LimitsProperty = "limits";
    internal const string TokenPrefix = "token:";

    /// <summary>Gets the name.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>Gets the id: <c>ns_</c> and 8 characters. Whoever registers a free name again gets another.</summary>
    [Id(1)]
    public required string Id { get; init; }

    /// <summary>Gets when it was registered, in Unix milliseconds.</summary>
    [Id(2)]
    public required long CreatedAt { get; init; }

    /// <summary>Gets its state.</summary>
    [Id(3)]
    public required NamespaceState State { get; init; }

    /// <summary>Gets a value indicating whether only its tokens can read it.</summary>
    [Id(4)]
    public required bool IsPrivate { get; init; }

    /// <summary>Gets a value indicating whether the name is never free again: it was private or banned once.</summary>
    [Id(5)]
    public required bool IsReserved { get; init; }

    /// <summary>Gets its own limits.</summary>
    [Id(6)]
    public required NamespaceLimits Limits { get; init; }

    /// <summary>Gets its tokens, those that no longer work included.</summary>
    [Id(7)]
    public required TokenRecord[] Tokens { get; init; }

    /// <summary>Gets the version of its entity.</summary>
    [Id(8)]
    public required long Version { get; init; }

    /// <summary>Gets a value indicating whether it has an owner.</summary>
    public bool IsRegistered => State != NamespaceState.Deleted;

    /// <summary>Gets a value indicating whether its contents are shown to those only who hold a right to it, or to nobody.</summary>
    /// <remarks>What was hidden once and has no owner stays so: the entities are still there, and nobody could show them.</remarks>
    public bool IsHidden => IsPrivate || State == NamespaceState.Banned || (IsReserved && !IsRegistered);

    /// <summary>Reads a record.</summary>
    /// <param name="name">The name.</param>
    /// <param name="properties">The properties of its entity.</param>
    /// <param name="version">The entity's version.</param>
    /// <returns>The record; null when nobody has ever registered the name.</returns>
    public static NamespaceRecord? Read(string name, PropertyMap properties, long version)
    {
        if (!properties.TryGetValue(IdProperty, out var id))
        {
            return null;
        }

        return new NamespaceRecord
        {
            Name = name,
            Id = JsonSerializer.Deserialize(id, NamespaceJson.Default.String)!,
            CreatedAt = Get(CreatedAtProperty, NamespaceJson.Default.Int64),
            State = Get(StateProperty, NamespaceJson.Default.NamespaceState),
            IsPrivate = Get(PrivateProperty, NamespaceJson.Default.Boolean),
            IsReserved = Get(ReservedProperty, NamespaceJson.Default.Boolean),
            Limits = Get(LimitsProperty, NamespaceJson.Default.NamespaceLimits) ?? NamespaceLimits.None,
            Tokens = [.. properties.Select(property => ReadToken(new PropertyChange(property.Key, property.Value))).OfType<TokenRecord>()],
            Version = version,
        };

        T? Get<T>(string property, JsonTypeInfo<T> type) =>
            properties.TryGetValue(property, out var json) ? JsonSerializer.Deserialize(json, type) : default;
    }

    /// <summary>Reads a token out of a property of a record.</summary>
    /// <param name="property">The property.</param>
    /// <returns>The token; null when the property is another part, or a token that is no longer remembered.</returns>
    public static TokenRecord? ReadToken(PropertyChange property) =>
        property.Name.StartsWith(TokenPrefix, StringComparison.Ordinal)
        && JsonSerializer.Deserialize(property.Value.Span, NamespaceJson.Default.TokenRecord) is { } token
            ? token with { Id = property.Name[TokenPrefix.Length..] }
            : null;

    /// <summary>Finds a token, working or not.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>The token; null when there is none.</returns>
    public TokenRecord? FindToken(string id) => Array.Find(Tokens, token => string.Equals(token.Id, id, StringComparison.Ordinal));
}
