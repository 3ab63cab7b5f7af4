namespace Flux.Testing.History;

/// <summary>What is to be kept from whom: a marker that is a namespace's alone, or a token that may or may no longer see that namespace.</summary>
public sealed record GrantRecord
{
    /// <summary>The kind of the line that names a marker: nobody without a grant may ever receive it.</summary>
    public const string Secret = "secret";

    /// <summary>The kind of the line that gives a token the right to see a namespace.</summary>
    public const string Grant = "grant";

    /// <summary>The kind of the line that takes it away: written when that was acknowledged.</summary>
    public const string Revoke = "revoke";

    /// <summary>Gets the time.</summary>
    public required long At { get; init; }

    /// <summary>Gets what it is.</summary>
    public required string Kind { get; init; }

    /// <summary>Gets the namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>Gets the marker of a <see cref="Secret"/>.</summary>
    public string? Marker { get; init; }

    /// <summary>Gets the id (not the text) of the token.</summary>
    public string? Token { get; init; }
}
