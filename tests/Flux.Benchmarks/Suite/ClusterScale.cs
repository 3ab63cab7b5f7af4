namespace Flux.Benchmarks.Suite;

/// <summary>Single events into one, two and three silos on this machine: what it costs that entities and commits are spread.</summary>
/// <remarks>All three clusters are up at once, each on a database of its own, and one is driven at a time: what the idle ones do weighs on all alike.</remarks>
internal sealed class ClusterScale : IBenchmark
{
    private const int MostSilos = 3;

    public string Name => "cluster-scale";

    public async Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        await using var postgreSql = await run.StartPostgreSqlAsync(Name, cancellationToken);
        if (postgreSql is null)
        {
            return;
        }

        using var scripts = new TemporaryDirectory(run.Options.DataFolder);
        var clusters = new List<FluxSilos>();
        try
        {
            var targets = new List<IngestTarget>();
            for (var count = 1; count <= MostSilos; count++)
            {
                clusters.Add(await run.StartSilosAsync(postgreSql, count, cancellationToken));
                targets.Add(ClusterTarget.Create(Silos(count), run, scripts.Path, clusters[^1], postgreSql));
            }

            IngestComparison[] comparisons = [new(Silos(2), Silos(1)), new(Silos(MostSilos), Silos(1), "at least 0.5")];
            await new IngestRounds(Name, run, targets, comparisons).RunAsync(cancellationToken);
        }
        finally
        {
            foreach (var cluster in clusters)
            {
                await cluster.DisposeAsync();
            }
        }
    }

    private static string Silos(int count) => count == 1 ? "1 silo" : string.Create(CultureInfo.InvariantCulture, $"{count} silos");
}
