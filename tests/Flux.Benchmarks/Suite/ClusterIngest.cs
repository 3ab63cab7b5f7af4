namespace Flux.Benchmarks.Suite;

/// <summary>Single events into one silo on PostgreSQL, against the null endpoint and against a service that one would write by hand.</summary>
internal sealed class ClusterIngest : IBenchmark
{
    private const string HandMadeName = "hand-made";

    public string Name => "cluster-ingest";

    public async Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        await using var postgreSql = await run.StartPostgreSqlAsync(Name, cancellationToken);
        if (postgreSql is null)
        {
            return;
        }

        using var scripts = new TemporaryDirectory(run.Options.DataFolder);
        await using var silos = await run.StartSilosAsync(postgreSql, count: 1, cancellationToken);
        await using var nothing = await YardstickServer.StartNullEndpointAsync(run.Options, run.Clock, cancellationToken);
        var database = await postgreSql.CreateDatabaseAsync(cancellationToken);
        await using var handMade = await YardstickServer.StartHandMadeAsync(run.Options, database, run.Clock, cancellationToken);
        IngestTarget[] targets =
        [
            ClusterTarget.Create(IngestRounds.FluxName, run, scripts.Path, silos, postgreSql),
            new(IngestRounds.NullEndpointName, SingleEvents.At(run, scripts.Path, nothing.Port), () => nothing.Usage.Cpu),
            new(HandMadeName, SingleEvents.At(run, scripts.Path, handMade.Port), () => handMade.Usage.Cpu) { StoreCpu = ClusterTarget.CpuOf(postgreSql) },
        ];
        IngestComparison[] comparisons =
        [
            new(IngestRounds.FluxName, IngestRounds.NullEndpointName, "at least 0.3"),
            new(IngestRounds.FluxName, HandMadeName, "at least 1.5"),
        ];
        await new IngestRounds(Name, run, targets, comparisons).RunAsync(cancellationToken);
    }
}
