namespace Flux.Benchmarks.Suite;

/// <summary>Batches of events, acknowledged, as fast as they are taken: Flux against the null endpoint.</summary>
internal sealed class IngestBatch : IBenchmark
{
    public string Name => "ingest-batch";

    public async Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        await using var flux = await run.StartFluxAsync(cancellationToken);
        await using var nothing = await YardstickServer.StartNullEndpointAsync(run.Options, run.Clock, cancellationToken);
        IngestTarget[] targets =
        [
            new(IngestRounds.FluxName, Batches(run, flux.Port), () => flux.Usage.Cpu) { ListPort = flux.Port },
            new(IngestRounds.NullEndpointName, Batches(run, nothing.Port), () => nothing.Usage.Cpu),
        ];
        await new IngestRounds(Name, run, targets, [new(IngestRounds.FluxName, IngestRounds.NullEndpointName)]).RunAsync(cancellationToken);
    }

    private static Func<TimeSpan, CancellationToken, Task<LoadResult>> Batches(BenchmarkRun run, int port) => (duration, token) =>
    {
        var plan = new ClosedLoopPlan
        {
            Connections = run.Options.BatchConnections,
            BatchSize = run.Options.BatchSize,
            Entities = run.Options.Entities,
            Duration = duration,
        };
        return new ClosedLoop([port], plan, run.Clock).RunAsync(token);
    };
}
