namespace Flux.Testing.History;

/// <summary>One change of a subscription as it came while it happened, or as the same subscription brought it again later. Each kind is in order.</summary>
public sealed record ReplayRecord
{
    /// <summary>Gets the subscription's name.</summary>
    public required string Subscription { get; init; }

    /// <summary>Gets a value indicating whether it came again later.</summary>
    public bool IsReplay { get; init; }

    /// <summary>Gets the frame as it was received.</summary>
    public required byte[] Raw { get; init; }
}
