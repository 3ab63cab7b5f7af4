namespace Flux.Benchmarks.Suite;

/// <summary>Single events, acknowledged, as fast as they are taken: Flux in its three forms, the null endpoint, and what others would use instead.</summary>
internal sealed class IngestSingle : IBenchmark
{
    public string Name => "ingest-single";

    public async Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        await using var servers = await IngestServers.StartAsync(Name, run, withOthers: true, cancellationToken);
        foreach (var connections in run.Options.Connections)
        {
            var isJudged = connections == BenchmarkOptions.JudgedConnections;
            IngestComparison[] comparisons =
            [
                new(IngestServers.Embedded, IngestServers.NullEndpoint, isJudged ? "at least 0.6" : null),
                new(IngestServers.Embedded, IngestServers.RedisStreams),
                new(IngestServers.Embedded, IngestServers.JetStream),
                new(IngestServers.OneSilo, IngestServers.NullEndpoint, isJudged ? "at least 0.35" : null),
                new(IngestServers.OneSilo, IngestServers.HandMade, isJudged ? "at least 1.5" : null),
                new(IngestServers.ThreeSilos, IngestServers.OneSilo),
            ];
            var targets = servers.Under(run.Options.SingleLoad with { Connections = connections });
            var group = string.Create(CultureInfo.InvariantCulture, $"{connections} connections: ");
            await new IngestRounds(Name, run, group, targets, comparisons).RunAsync(cancellationToken);
        }
    }
}
