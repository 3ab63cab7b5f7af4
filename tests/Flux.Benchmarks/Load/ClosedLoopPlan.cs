namespace Flux.Benchmarks.Load;

/// <summary>A load in which every connection sends its next request when the last one is answered.</summary>
internal sealed record ClosedLoopPlan
{
    public required int Connections { get; init; }

    /// <summary>Gets the events in a request; 0 means the endpoint for single events.</summary>
    public required int BatchSize { get; init; }

    public required int Entities { get; init; }

    /// <summary>Gets how long to send; null means until <see cref="TotalEvents"/> are sent.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Gets how many events to send, the entities one after the other; ignored with a duration, which picks entities at random.</summary>
    public long TotalEvents { get; init; }

    /// <summary>Gets the token that is shown; null for none.</summary>
    public string? Token { get; init; }

    public EventShape Shape { get; init; } = EventShape.Reading;
}
