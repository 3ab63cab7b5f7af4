namespace Flux.Benchmarks.Load;

/// <summary>A load that is sent at fixed moments, whatever the server answers.</summary>
internal sealed record OpenLoopPlan
{
    public required double RequestsPerSecond { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>Gets the events in a request; 0 means the endpoint for single events.</summary>
    public int BatchSize { get; init; }

    public int Entities { get; init; } = 1000;

    public EventShape Shape { get; init; } = EventShape.OneProperty;

    /// <summary>Gets the connections that requests are spread over; they bound what can be in flight.</summary>
    public int Connections { get; init; } = 64;
}
