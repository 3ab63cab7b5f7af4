namespace Flux.Benchmarks.Load;

/// <summary>Fills a server with events in batches of 1,000, the entities one after the other.</summary>
internal static class World
{
    private const int BatchSize = 1000;
    private const int Connections = 4;

    public static Task<LoadResult> FillAsync(int port, int entities, long events, TimeProvider clock, CancellationToken cancellationToken)
    {
        var plan = new ClosedLoopPlan { Connections = Connections, BatchSize = BatchSize, Entities = entities, TotalEvents = events };
        return new ClosedLoop([port], plan, clock).RunAsync(cancellationToken);
    }
}
