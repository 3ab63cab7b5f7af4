namespace Flux.Benchmarks.Suite;

/// <summary>How long a change takes from the POST at one silo to the frame on a socket at another.</summary>
internal sealed class ClusterPush : IBenchmark
{
    public string Name => "cluster-push";

    public async Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        await using var postgreSql = await run.StartPostgreSqlAsync(Name, cancellationToken);
        if (postgreSql is null)
        {
            return;
        }

        await using var silos = await run.StartSilosAsync(postgreSql, count: 2, cancellationToken);
        var path = new PushPath { PublishPort = silos.Ports[0], SubscribePort = silos.Ports[1], Cpu = () => silos.Cpu };
        await new PushRounds(Name, run, path, [new PushRate(1000) { P99Goal = "below 10 ms" }]).RunAsync(cancellationToken);
    }
}
