using System.Buffers;
using System.Text.Json;
using Flux.Core.Entities;
using Flux.Core.Json;
using Flux.Core.Log;

namespace Flux.Core.Claims;

/// <summary>A lease on an entity, or on a key in it: who has it, until when, and the token that tells it from earlier ones.</summary>
/// <remarks>
/// It is a property like any other, so whoever follows the entity sees it: <c>$claim</c>, or <c>$claim/key</c>, with the value
/// <c>{"owner":…,"token":…}</c> and a time to live. Only claims set such a property. The token is the version of the event that granted it: it grows.
/// </remarks>
/// <param name="Owner">Who has it.</param>
/// <param name="Token">The fencing token.</param>
/// <param name="ExpiresAt">Until when.</param>
[GenerateSerializer, Immutable, Alias("flux.entity-claim")]
public sealed record EntityClaim([property: Id(0)] string Owner, [property: Id(1)] long Token, [property: Id(2)] Timestamp ExpiresAt)
{
    /// <summary>What the names of these properties begin with.</summary>
    public const string PropertyPrefix = "$claim";

    private const char Separator = '/';

    /// <summary>Gives the property that holds a claim.</summary>
    /// <param name="key">The key; null for the entity as a whole.</param>
    /// <returns>The property's name.</returns>
    public static string PropertyOf(string? key) => key is null ? PropertyPrefix : PropertyPrefix + Separator + key;

    /// <summary>Says whether a property holds a claim.</summary>
    /// <param name="name">The property's name.</param>
    /// <returns>True for <c>$claim</c> and <c>$claim/…</c>.</returns>
    public static bool IsProperty(string name) =>
        name.StartsWith(PropertyPrefix, StringComparison.Ordinal) && (name.Length == PropertyPrefix.Length || name[PropertyPrefix.Length] == Separator);

    /// <summary>Finds the claim that is held.</summary>
    /// <param name="state">The entity.</param>
    /// <param name="property">The claim's property.</param>
    /// <param name="now">The time: what is due is not held any more, though its event may still be to come.</param>
    /// <returns>The claim; null when nobody has it.</returns>
    public static EntityClaim? Find(EntityState state, string property, Timestamp now) =>
        state.Expiry.Find(property) is { } at ? Find(state, new DueProperty(property, at), now) : null;

    /// <summary>Says whether the claim with a token is held on an entity, under whatever key.</summary>
    /// <param name="state">The entity.</param>
    /// <param name="token">The token.</param>
    /// <param name="now">The time.</param>
    /// <returns>False when it has run out, was released, or never was.</returns>
    public static bool IsHeld(EntityState state, long token, Timestamp now)
    {
        foreach (var property in state.Expiry.Properties)
        {
            if (IsProperty(property.Name) && Find(state, property, now)?.Token == token)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Gives the claims that are held.</summary>
    /// <param name="state">The entity.</param>
    /// <param name="now">The time.</param>
    /// <returns>The claims, by their keys.</returns>
    public static IReadOnlyList<KeyedClaim> FindAll(EntityState state, Timestamp now)
    {
        var claims = new List<KeyedClaim>();
        foreach (var property in state.Expiry.Properties)
        {
            if (IsProperty(property.Name) && Find(state, property, now) is { } claim)
            {
                claims.Add(new KeyedClaim(property.Name.Length == PropertyPrefix.Length ? null : property.Name[(PropertyPrefix.Length + 1)..], claim));
            }
        }

        return claims;
    }

    /// <summary>Writes the property's value.</summary>
    /// <param name="output">Where to.</param>
    public void WriteValue(IBufferWriter<byte> output)
    {
        output.Write("{\"owner\":"u8);
        JsonWrite.String(output, Owner);
        output.Write(",\"token\":"u8);
        JsonWrite.Number(output, Token);
        output.Write("}"u8);
    }

    private static EntityClaim? Find(EntityState state, DueProperty due, Timestamp now)
    {
        if (due.At <= now || !state.Properties.TryGetValue(due.Name, out var value))
        {
            return null;
        }

        using var json = JsonDocument.Parse(value);
        return new EntityClaim(json.RootElement.GetProperty("owner").GetString()!, json.RootElement.GetProperty("token").GetInt64(), due.At);
    }
}
