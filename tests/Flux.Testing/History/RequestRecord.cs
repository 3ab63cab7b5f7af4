namespace Flux.Testing.History;

/// <summary>One HTTP request that writes: when it was sent, what was in it, and what came back.</summary>
public sealed record RequestRecord
{
    /// <summary>The kind of a request to <c>POST /api/events</c>.</summary>
    public const string Publish = "publish";

    /// <summary>The kind of a request to <c>POST /api/events/batch</c>.</summary>
    public const string Batch = "batch";

    /// <summary>The kind of a request to <c>DELETE /api/state/entities/{id}</c>.</summary>
    public const string Delete = "delete";

    /// <summary>The status of a request for which no connection could be made: nothing was sent, so nothing can have been stored.</summary>
    public const int NotConnected = -1;

    /// <summary>Gets the time before the first byte was sent.</summary>
    public required long Sent { get; init; }

    /// <summary>Gets the time after the last byte of the answer, or when the client gave up.</summary>
    public required long Answered { get; init; }

    /// <summary>Gets who sent it.</summary>
    public required string Client { get; init; }

    /// <summary>Gets the node it was sent to.</summary>
    public required string Node { get; init; }

    /// <summary>Gets the id (not the text) of the token it carried.</summary>
    public string? Token { get; init; }

    /// <summary>Gets what it was.</summary>
    public required string Kind { get; init; }

    /// <summary>Gets the status; 0 when no whole answer came; <see cref="NotConnected"/>.</summary>
    public required int Status { get; init; }

    /// <summary>Gets the <c>Retry-After</c> of the answer; null when there was none.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>Gets the error's code, when the whole request was refused.</summary>
    public string? Code { get; init; }

    /// <summary>Gets the whole answer, when the whole request was refused.</summary>
    public byte[]? Refusal { get; init; }

    /// <summary>Gets the events in it, in order; for a deletion one that holds the entity alone.</summary>
    public required EventRecord[] Events { get; init; }
}
