namespace Flux.Benchmarks.Load;

/// <summary>A load of single events.</summary>
/// <param name="Connections">The connections, each with one request in flight.</param>
/// <param name="Entities">The entities, picked at random.</param>
internal sealed record SingleLoad(int Connections, int Entities)
{
    /// <summary>Gets the token that is shown; null for none.</summary>
    public string? Token { get; init; }

    public ClosedLoopPlan ToPlan(TimeSpan duration) => new()
    {
        Connections = Connections,
        BatchSize = 0,
        Entities = Entities,
        Duration = duration,
        Token = Token,
    };
}
