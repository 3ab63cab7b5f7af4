namespace Flux.Benchmarks.Suite;

/// <summary>How long a change takes from the POST to the frame on a socket that subscribes to everything.</summary>
internal sealed class Push : IBenchmark
{
    public string Name => "push";

    public async Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        await using var flux = await run.StartFluxAsync(cancellationToken);
        var path = new PushPath { PublishPort = flux.Port, SubscribePort = flux.Port, Cpu = () => flux.Usage.Cpu };
        await new PushRounds(Name, run, path, rates: [200, 2000]).RunAsync(cancellationToken);
    }
}
