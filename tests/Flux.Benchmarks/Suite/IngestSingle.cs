namespace Flux.Benchmarks.Suite;

/// <summary>Single events, acknowledged, as fast as they are taken: Flux against the null endpoint and Redis Streams.</summary>
internal sealed class IngestSingle : IBenchmark
{
    private const string RedisName = "Redis Streams";

    public string Name => "ingest-single";

    public async Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        using var scripts = new TemporaryDirectory(run.Options.DataFolder);
        await using var flux = await run.StartFluxAsync(cancellationToken);
        await using var nothing = await YardstickServer.StartNullEndpointAsync(run.Options, run.Clock, cancellationToken);
        var targets = new List<IngestTarget>
        {
            new(IngestRounds.FluxName, SingleEvents.At(run, scripts.Path, flux.Port), () => flux.Usage.Cpu) { ListPort = flux.Port },
            new(IngestRounds.NullEndpointName, SingleEvents.At(run, scripts.Path, nothing.Port), () => nothing.Usage.Cpu),
        };
        var comparisons = new List<IngestComparison> { new(IngestRounds.FluxName, IngestRounds.NullEndpointName) };
        if (!Tools.Has("redis-server") || !Tools.Has("redis-benchmark"))
        {
            run.Report.Remark($"{Name}: Redis is not installed, so there is no comparison with it.");
            await new IngestRounds(Name, run, targets, comparisons).RunAsync(cancellationToken);
            return;
        }

        await using var redis = await RedisServer.StartAsync(run.Options, run.Clock, cancellationToken);
        var load = new RedisBenchmark(redis.Port, run.Options.Connections, run.Options.Entities, run.Clock);
        targets.Add(new(RedisName, load.RunAsync, () => redis.Usage.Cpu));
        comparisons.Add(new(IngestRounds.FluxName, RedisName));
        await new IngestRounds(Name, run, targets, comparisons).RunAsync(cancellationToken);
    }
}
