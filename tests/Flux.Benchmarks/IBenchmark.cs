namespace Flux.Benchmarks;

/// <summary>One thing that is measured; it starts the servers that it needs and leaves nothing behind.</summary>
internal interface IBenchmark
{
    string Name { get; }

    Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken);
}
