namespace Flux.Benchmarks.Suite;

/// <summary>What it matters how many entities single events are spread over: one, a thousand, a million.</summary>
internal sealed class IngestKeys : IBenchmark
{
    private static readonly (string Name, int Entities)[] Spreads = [("one entity", 1), ("1,000 entities", 1000), ("1,000,000 entities", 1_000_000)];

    public string Name => "ingest-keys";

    public async Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        await using var servers = await IngestServers.StartAsync(Name, run, withOthers: false, cancellationToken);
        var names = servers.Under(run.Options.SingleLoad).Select(target => target.Name).Where(name => name != IngestServers.NullEndpoint).ToList();
        var targets = Spreads.SelectMany(spread => servers
            .Under(run.Options.SingleLoad with { Entities = spread.Entities })
            .Where(target => names.Contains(target.Name))
            .Select(target => target with { Name = $"{target.Name}, {spread.Name}" }));
        var comparisons = names.SelectMany(name => (IngestComparison[])
        [
            new($"{name}, {Spreads[0].Name}", $"{name}, {Spreads[1].Name}", "at least 0.5"),
            new($"{name}, {Spreads[2].Name}", $"{name}, {Spreads[1].Name}"),
        ]);
        await new IngestRounds(Name, run, group: string.Empty, [.. targets], [.. comparisons]).RunAsync(cancellationToken);
    }
}
