namespace Flux.Benchmarks.Suite;

/// <summary>What it takes to read a large world: an entity, a page of a list, the whole list, and pages of history.</summary>
internal sealed class Reads : IBenchmark
{
    private const int ReadsPerRound = 500;
    private const int WholeLists = 3;

    public string Name => "reads";

    public Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken) => BothStores.MeasureAsync(
        run, Name, (store, port, _, token) => MeasureAsync(run, store, port, token), cancellationToken);

    private async Task MeasureAsync(BenchmarkRun run, string store, int port, CancellationToken cancellationToken)
    {
        var options = run.Options;
        var filled = await World.FillAsync(port, options.AsOfEntities, options.AsOfEvents, run.Clock, cancellationToken);
        run.CheckFailures(Name, store, filled);
        await ProjectionLag.MeasureAsync(port, Stopwatch.GetTimestamp(), run.Clock, cancellationToken);
        var subject = string.Create(CultureInfo.InvariantCulture, $"{store}, {filled.Events:N0} events on {options.AsOfEntities:N0} entities");
        run.Progress(subject);

        using var connection = await HttpConnection.OpenAsync(port, cancellationToken);
        var random = new Random(1);
        (string What, int Times, Func<string> Path)[] reads =
        [
            ("an entity", ReadsPerRound, () => $"/api/state/entities/{RandomEntity()}"),
            ("100 entities of a list, anywhere in it", ReadsPerRound, () => $"/api/state/entities?prefix={RandomEntity()[..^2]}&limit=100"),
            ("the list of all", WholeLists, () => $"/api/state/entities?namespace={EventText.Namespace}"),
            ("the history of an entity", ReadsPerRound, () => $"/api/events?entity={RandomEntity()}&limit=500"),
            ("500 events of the namespace, anywhere in the log", ReadsPerRound, () => string.Create(
                CultureInfo.InvariantCulture, $"/api/events?namespace={EventText.Namespace}&order=asc&from={random.NextInt64(1, filled.Events)}&limit=500")),
        ];
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var (what, times, path) in reads)
            {
                var latencies = new LatencyRecorder();
                for (var i = 0; i < times; i++)
                {
                    var sent = Stopwatch.GetTimestamp();
                    var status = await connection.GetAsync(path(), cancellationToken);
                    latencies.Record(Stopwatch.GetElapsedTime(sent));
                    if (status != 200 || connection.Body.Length < 100)
                    {
                        throw new BenchmarkException($"{what} was answered with {status} and {connection.Body.Length} bytes.");
                    }
                }

                run.Report.AddLatency(Name, subject, what, latencies.Summarize());
            }
        }

        await Task.Yield(); // off the sockets' own thread

        string RandomEntity() => EventText.Entity(random.Next(options.AsOfEntities));
    }
}
