namespace Flux.Core.Events;

/// <summary>The id of an entity, checked once at the edge, with the namespace that it belongs to.</summary>
/// <remarks>
/// Any text of at most <see cref="MaxBytes"/> UTF-8 bytes without U+0000 and without lone surrogates is an id; the empty one too.
/// Ids are case-sensitive and never normalised. Source: wire-contract section 2.
/// </remarks>
public readonly record struct EntityKey
{
    /// <summary>The longest id, in UTF-8 bytes.</summary>
    public const int MaxBytes = 1024;

    private EntityKey(string id, string ns)
    {
        Id = id;
        Namespace = ns;
    }

    /// <summary>Gets the whole id, as the producer wrote it.</summary>
    public string Id { get; }

    /// <summary>Gets the text before the first slash; empty for an id without a slash.</summary>
    public string Namespace { get; }

    /// <summary>Checks <paramref name="id"/> and splits off its namespace.</summary>
    /// <param name="id">The text to take as an id.</param>
    /// <param name="key">The key, when the answer is true.</param>
    /// <returns>False when the text is too long, holds U+0000 or is no valid Unicode.</returns>
    public static bool TryParse(string? id, out EntityKey key)
    {
        key = default;
        if (id is null || !StoredText.IsValid(id))
        {
            return false;
        }

        key = Trusted(id);
        return true;
    }

    /// <summary>Takes an id that was checked before it was stored.</summary>
    /// <param name="id">An id that <see cref="TryParse"/> has accepted earlier.</param>
    /// <returns>The key.</returns>
    public static EntityKey Trusted(string id)
    {
        var slash = id.IndexOf('/', StringComparison.Ordinal);
        return new EntityKey(id, slash <= 0 ? string.Empty : id[..slash]);
    }

    /// <inheritdoc/>
    public bool Equals(EntityKey other) => string.Equals(Id, other.Id, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => string.GetHashCode(Id, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Id;
}
