using Flux.Core.Namespaces;

namespace Flux.Grains.Namespaces;

/// <summary>What a namespace grain decided. A log that cannot be reached throws instead.</summary>
[GenerateSerializer, Immutable, Alias("flux.namespace-outcome")]
public abstract record NamespaceOutcome
{
    private NamespaceOutcome()
    {
    }

    /// <summary>It is done, or was so already.</summary>
    /// <param name="Record">The record after it.</param>
    /// <param name="TokenId">The id of the token that was made; null when none was.</param>
    /// <param name="Token">Its text, which is kept nowhere.</param>
    [GenerateSerializer, Immutable, Alias("flux.namespace-outcome.done")]
    public sealed record Done([property: Id(0)] NamespaceRecord Record, [property: Id(1)] string? TokenId, [property: Id(2)] string? Token) : NamespaceOutcome;

    /// <summary>Somebody has the name, or had it while it was hidden.</summary>
    [GenerateSerializer, Immutable, Alias("flux.namespace-outcome.taken")]
    public sealed record NameTaken : NamespaceOutcome
    {
        /// <summary>The only one there is.</summary>
        public static readonly NameTaken Instance = new();
    }

    /// <summary>Nobody has the name.</summary>
    [GenerateSerializer, Immutable, Alias("flux.namespace-outcome.not-found")]
    public sealed record NotFound : NamespaceOutcome
    {
        /// <summary>The only one there is.</summary>
        public static readonly NotFound Instance = new();
    }

    /// <summary>The namespace has no such token.</summary>
    [GenerateSerializer, Immutable, Alias("flux.namespace-outcome.token-not-found")]
    public sealed record TokenNotFound : NamespaceOutcome
    {
        /// <summary>The only one there is.</summary>
        public static readonly TokenNotFound Instance = new();
    }

    /// <summary>The namespace has as many tokens as it may.</summary>
    [GenerateSerializer, Immutable, Alias("flux.namespace-outcome.too-many-tokens")]
    public sealed record TooManyTokens : NamespaceOutcome
    {
        /// <summary>The only one there is.</summary>
        public static readonly TooManyTokens Instance = new();
    }
}
