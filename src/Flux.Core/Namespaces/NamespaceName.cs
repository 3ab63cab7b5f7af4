using System.Buffers;
using Flux.Core.Events;

namespace Flux.Core.Namespaces;

/// <summary>Which text can be the name of a namespace, and which ids its owner can write. Source: wire-contract sections 2 and 13.</summary>
public static class NamespaceName
{
    /// <summary>The shortest name, in bytes.</summary>
    public const int MinBytes = 3;

    /// <summary>The longest name, in bytes.</summary>
    public const int MaxBytes = 32;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary>Says whether a text is a name: 3 to 32 characters of <c>a-z</c>, <c>0-9</c>, <c>_</c> and <c>-</c>, in any order.</summary>
    /// <param name="text">The text.</param>
    /// <returns>True for a name.</returns>
    public static bool IsValid(ReadOnlySpan<char> text) => text.Length is >= MinBytes and <= MaxBytes && !text.ContainsAnyExcept(Allowed);

    /// <summary>Says why a text is no name.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The reason, for a person; null for a name.</returns>
    public static string? WhyInvalid(string text)
    {
        if (text.AsSpan().IndexOfAnyExcept(Allowed) is >= 0 and var at)
        {
            var invalid = System.Text.Rune.TryGetRuneAt(text, at, out var rune) ? rune.ToString() : "\uFFFD";
            return $"name: invalid character {Shown.Quote(invalid)}; allowed are a-z, 0-9, _ and -";
        }

        return text.Length switch
        {
            < MinBytes => $"name: too short (minimum {MinBytes} characters)",
            > MaxBytes => $"name: too long (maximum {MaxBytes} characters)",
            _ => null,
        };
    }

    /// <summary>Says whether an id can be written when namespaces are owned: <c>namespace/rest</c>, with no empty part.</summary>
    /// <param name="entity">The entity.</param>
    /// <returns>True when somebody can own it.</returns>
    public static bool CanOwn(EntityKey entity) =>
        IsValid(entity.Namespace) && entity.Id[^1] != '/' && !entity.Id.Contains("//", StringComparison.Ordinal);
}
