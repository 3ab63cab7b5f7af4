namespace Flux.Benchmarks.Suite;

/// <summary>Batches of events, acknowledged, as fast as they are taken: Flux in its three forms, and the null endpoint.</summary>
internal sealed class IngestBatch : IBenchmark
{
    public string Name => "ingest-batch";

    public async Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        await using var servers = await IngestServers.StartAsync(Name, run, withOthers: false, cancellationToken);
        var plan = new ClosedLoopPlan
        {
            Connections = run.Options.BatchConnections,
            BatchSize = run.Options.BatchSize,
            Entities = run.Options.Entities,
        };
        IngestComparison[] comparisons =
        [
            new(IngestServers.Embedded, IngestServers.NullEndpoint),
            new(IngestServers.OneSilo, IngestServers.NullEndpoint),
            new(IngestServers.ThreeSilos, IngestServers.OneSilo),
        ];
        var rounds = new IngestRounds(Name, run, group: string.Empty, servers.Under(plan), comparisons)
        {
            RateGoals = new Dictionary<string, string> { [IngestServers.Embedded] = "at least 80,000", [IngestServers.OneSilo] = "at least 45,000" },
        };
        await rounds.RunAsync(cancellationToken);
    }
}
