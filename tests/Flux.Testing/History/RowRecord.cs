namespace Flux.Testing.History;

/// <summary>One row of the log, as it is stored.</summary>
public sealed record RowRecord
{
    /// <summary>Gets the log's epoch.</summary>
    public string? Epoch { get; init; }

    /// <summary>Gets the position.</summary>
    public required long Position { get; init; }

    /// <summary>Gets the namespace; empty for none.</summary>
    public required string Namespace { get; init; }

    /// <summary>Gets the entity; null for an event without one.</summary>
    public string? Entity { get; init; }

    /// <summary>Gets the version; 0 for an event without an entity.</summary>
    public required long Version { get; init; }

    /// <summary>Gets the event's id.</summary>
    public required string EventId { get; init; }

    /// <summary>Gets the stream.</summary>
    public required string Stream { get; init; }

    /// <summary>Gets the source.</summary>
    public required string Source { get; init; }

    /// <summary>Gets the key.</summary>
    public string? Key { get; init; }

    /// <summary>Gets the schema.</summary>
    public string? Schema { get; init; }

    /// <summary>Gets the producer's timestamp.</summary>
    public required long Timestamp { get; init; }

    /// <summary>Gets the time of its commit, in microseconds since 1970; null when the dump does not have it.</summary>
    public long? RecordedAt { get; init; }

    /// <summary>Gets the payload's bytes.</summary>
    public required byte[] Payload { get; init; }

    /// <summary>Gets the former values of the properties that the event sets; null when it changed nothing.</summary>
    public byte[]? Before { get; init; }

    /// <summary>Gets the position of the event that led to this one.</summary>
    public long? Cause { get; init; }

    /// <summary>Gets what the event makes due, as it is stored; null for nothing.</summary>
    public byte[]? Expiry { get; init; }

    /// <summary>Gets what the producer gave: 1 for the event id, plus 2 for the timestamp; null when the dump does not say.</summary>
    public int? Given { get; init; }

    /// <summary>Gets the row's hash.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Gets the hash of the entity's row before; null when the store does not keep it.</summary>
    public byte[]? PreviousHash { get; init; }

    /// <summary>Says whether an entity is one of the server's own records, which no client writes or lists.</summary>
    /// <param name="entity">The entity.</param>
    /// <returns>Whether it is.</returns>
    public static bool IsOfServer(string? entity) => entity is not null && entity.StartsWith("$flux/", StringComparison.Ordinal);
}
