namespace Flux.Benchmarks.Suite;

/// <summary>Single events, acknowledged, as fast as they are taken: Flux against the null endpoint and Redis Streams.</summary>
internal sealed class IngestSingle : IBenchmark
{
    public string Name => "ingest-single";

    public async Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        using var scripts = new TemporaryFolder(run.Options.DataFolder, "wrk");
        await using var flux = await run.StartFluxAsync(cancellationToken);
        await using var nothing = await NullServer.StartAsync(run.Options, run.Clock, cancellationToken);
        var targets = new List<IngestTarget>
        {
            new(IngestRounds.FluxName, Http(run, flux.Port, scripts.Path), () => flux.Usage),
            new("null endpoint", Http(run, nothing.Port, scripts.Path), () => nothing.Usage),
        };
        if (!Tools.Has("redis-server") || !Tools.Has("redis-benchmark"))
        {
            run.Report.Remark($"{Name}: Redis is not installed, so there is no comparison with it.");
            await new IngestRounds(Name, run, flux, targets).RunAsync(cancellationToken);
            return;
        }

        await using var redis = await RedisServer.StartAsync(run.Options, run.Clock, cancellationToken);
        var load = new RedisBenchmark(redis.Port, run.Options.Connections, run.Options.Entities, run.Clock);
        targets.Add(new("Redis Streams", load.RunAsync, () => redis.Usage));
        await new IngestRounds(Name, run, flux, targets).RunAsync(cancellationToken);
    }

    private static Func<TimeSpan, CancellationToken, Task<LoadResult>> Http(BenchmarkRun run, int port, string folder)
    {
        if (run.Options.UseWrk)
        {
            return new Wrk(port, run.Options.Connections, run.Options.Entities, folder, run.Clock).RunAsync;
        }

        return (duration, token) =>
        {
            var plan = new ClosedLoopPlan
            {
                Connections = run.Options.Connections,
                BatchSize = 0,
                Entities = run.Options.Entities,
                Duration = duration,
            };
            return new ClosedLoop(port, plan, run.Clock).RunAsync(token);
        };
    }
}
