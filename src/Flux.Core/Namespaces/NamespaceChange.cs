using System.Text.Json;

namespace Flux.Core.Namespaces;

/// <summary>What is to become different in a namespace's record. Parts that are null stay.</summary>
[GenerateSerializer, Immutable, Alias("flux.namespace-change")]
public sealed record NamespaceChange
{
    /// <summary>Gets the new state.</summary>
    [Id(0)]
    public NamespaceState? State { get; init; }

    /// <summary>Gets whether only its tokens can read it.</summary>
    [Id(1)]
    public bool? IsPrivate { get; init; }

    /// <summary>Gets its own limits, all of them.</summary>
    [Id(2)]
    public NamespaceLimits? Limits { get; init; }

    /// <summary>Gets the tokens to add or to replace.</summary>
    [Id(3)]
    public TokenRecord[] Tokens { get; init; } = [];

    /// <summary>Gets the ids of tokens that are no longer remembered.</summary>
    [Id(4)]
    public string[] ForgottenTokens { get; init; } = [];

    /// <summary>Gets the properties that say so.</summary>
    /// <returns>Names and JSON values; none when nothing changes.</returns>
    public List<KeyValuePair<string, byte[]>> ToProperties()
    {
        var properties = new List<KeyValuePair<string, byte[]>>();
        if (State is { } state)
        {
            Add(NamespaceRecord.StateProperty, JsonSerializer.SerializeToUtf8Bytes(state, NamespaceJson.Default.NamespaceState));
        }

        if (IsPrivate is { } isPrivate)
        {
            Add(NamespaceRecord.PrivateProperty, isPrivate ? "true"u8.ToArray() : "false"u8.ToArray());
        }

        // What was hidden once must not pass to the next who registers the name.
        if (State == NamespaceState.Banned || IsPrivate == true)
        {
            Add(NamespaceRecord.ReservedProperty, "true"u8.ToArray());
        }

        if (Limits is { } limits)
        {
            Add(NamespaceRecord.LimitsProperty, JsonSerializer.SerializeToUtf8Bytes(limits, NamespaceJson.Default.NamespaceLimits));
        }

        foreach (var token in Tokens)
        {
            Add(NamespaceRecord.TokenPrefix + token.Id, JsonSerializer.SerializeToUtf8Bytes(token, NamespaceJson.Default.TokenRecord));
        }

        foreach (var id in ForgottenTokens)
        {
            Add(NamespaceRecord.TokenPrefix + id, "null"u8.ToArray());
        }

        return properties;

        void Add(string name, byte[] json) => properties.Add(new(name, json));
    }

    /// <summary>Gets the properties of a name that is registered, for the first time or again.</summary>
    /// <param name="id">The new id.</param>
    /// <param name="now">The time, in Unix milliseconds.</param>
    /// <param name="former">The record under which the name was registered before; its tokens must not open the new one.</param>
    /// <param name="token">The first token.</param>
    /// <returns>Names and JSON values.</returns>
    public static List<KeyValuePair<string, byte[]>> Register(string id, long now, NamespaceRecord? former, TokenRecord token)
    {
        var properties = new NamespaceChange
        {
            State = NamespaceState.Active,
            IsPrivate = false,
            Limits = NamespaceLimits.None,
            Tokens = [token],
            ForgottenTokens = [.. former?.Tokens.Select(old => old.Id) ?? []],
        }.ToProperties();
        properties.Add(new(NamespaceRecord.IdProperty, JsonSerializer.SerializeToUtf8Bytes(id, NamespaceJson.Default.String)));
        properties.Add(new(NamespaceRecord.CreatedAtProperty, JsonSerializer.SerializeToUtf8Bytes(now, NamespaceJson.Default.Int64)));
        return properties;
    }
}
