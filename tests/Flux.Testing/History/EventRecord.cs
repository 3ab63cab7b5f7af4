namespace Flux.Testing.History;

/// <summary>One event of a request: what was sent, and what the answer said about it.</summary>
public sealed record EventRecord
{
    /// <summary>Gets the entity to delete; null for an event.</summary>
    public string? Entity { get; init; }

    /// <summary>Gets the id that was sent; null when it was left to the server.</summary>
    public string? EventId { get; init; }

    /// <summary>Gets the stream that was sent.</summary>
    public string? Stream { get; init; }

    /// <summary>Gets the source that was sent.</summary>
    public string? Source { get; init; }

    /// <summary>Gets the key that was sent.</summary>
    public string? Key { get; init; }

    /// <summary>Gets the schema that was sent.</summary>
    public string? Schema { get; init; }

    /// <summary>Gets the timestamp that was sent; null when it was left out.</summary>
    public long? Timestamp { get; init; }

    /// <summary>Gets the payload's bytes as they were sent.</summary>
    public byte[]? Payload { get; init; }

    /// <summary>Gets the error of this item of a batch; null when it had none.</summary>
    public string? Error { get; init; }

    /// <summary>Gets the code of this item of a batch.</summary>
    public string? Code { get; init; }

    /// <summary>Gets the id in the answer.</summary>
    public string? AckedEventId { get; init; }

    /// <summary>Gets the stream in the answer.</summary>
    public string? AckedStream { get; init; }

    /// <summary>Gets the position in the answer.</summary>
    public long? Position { get; init; }

    /// <summary>Gets the version in the answer; null for an event without an entity.</summary>
    public long? Version { get; init; }

    /// <summary>Gets a value indicating whether the answer said <c>duplicate: true</c>.</summary>
    public bool Duplicate { get; init; }

    /// <summary>Gives the same event without what the answer said about it: as if none had come.</summary>
    /// <returns>The event as it was sent.</returns>
    public EventRecord WithoutAnswer() =>
        this with { Error = null, Code = null, AckedEventId = null, AckedStream = null, Position = null, Version = null, Duplicate = false };
}
