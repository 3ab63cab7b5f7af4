namespace Flux.Testing.History;

/// <summary>One read of one entity.</summary>
public sealed record ReadRecord
{
    /// <summary>Gets the time before the first byte was sent.</summary>
    public required long Sent { get; init; }

    /// <summary>Gets the time after the last byte of the answer.</summary>
    public required long Answered { get; init; }

    /// <summary>Gets who read.</summary>
    public required string Client { get; init; }

    /// <summary>Gets the node that was asked.</summary>
    public required string Node { get; init; }

    /// <summary>Gets the id (not the text) of the token it carried.</summary>
    public string? Token { get; init; }

    /// <summary>Gets the entity; empty when more than one was asked for.</summary>
    public required string Entity { get; init; }

    /// <summary>Gets the status: only 200 and 404 say anything about state.</summary>
    public required int Status { get; init; }

    /// <summary>Gets the <c>Retry-After</c> of the answer; null when there was none.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>Gets the version in the answer; null in a 404.</summary>
    public long? Version { get; init; }

    /// <summary>Gets the properties in the answer, as they were received.</summary>
    public byte[]? Properties { get; init; }

    /// <summary>Gets the whole body, as it was received.</summary>
    public byte[]? Raw { get; init; }
}
