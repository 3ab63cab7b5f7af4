using System.Text;
using Flux.Testing.PostgreSql;

namespace Flux.Benchmarks.Suite;

/// <summary>What a look into the past costs: one entity with a long history, and all entities of a world at one position.</summary>
internal sealed class AsOf : IBenchmark
{
    private const int Looks = 1000;

    private static readonly double[] Places = [0.1, 0.5, 0.9, 1];
    private static readonly byte[] EachEntity = Encoding.ASCII.GetBytes("{\"id\":\"");

    public string Name => "as-of";

    public async Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        foreach (var store in run.Options.Stores)
        {
            await using var postgreSql = store == "postgres" ? await run.StartPostgreSqlAsync(Name, cancellationToken) : null;
            if (store == "postgres" && postgreSql is null)
            {
                continue;
            }

            await UseAsync(run, postgreSql, port => MeasureEntityAsync(run, store, port, cancellationToken), cancellationToken);
            await UseAsync(run, postgreSql, port => MeasureWorldAsync(run, store, port, cancellationToken), cancellationToken);
        }
    }

    /// <summary>Has a server of its own, with an empty log.</summary>
    private static async Task UseAsync(BenchmarkRun run, PostgreSqlServer? postgreSql, Func<int, Task> measureAsync, CancellationToken cancellationToken)
    {
        if (postgreSql is not null)
        {
            await using var silos = await run.StartSilosAsync(postgreSql, count: 1, cancellationToken);
            await measureAsync(silos.Ports[0]);
            return;
        }

        await using var server = await run.StartFluxAsync(cancellationToken);
        await measureAsync(server.Port);
    }

    private async Task MeasureEntityAsync(BenchmarkRun run, string store, int port, CancellationToken cancellationToken)
    {
        var began = run.Clock.GetUtcNow();
        await FillAsync(run, store, port, entities: 1, cancellationToken);
        var filledFor = run.Clock.GetUtcNow() - began;
        using var connection = await HttpConnection.OpenAsync(port, cancellationToken);
        var random = new Random(1);
        var subject = string.Create(CultureInfo.InvariantCulture, $"{store}, an entity with {run.Options.AsOfEvents:N0} events");
        for (var round = 0; round < run.Options.Rounds; round++)
        {
            var (byPosition, byTime) = (new LatencyRecorder(), new LatencyRecorder());
            for (var i = 0; i < Looks; i++)
            {
                await LookAsync(byPosition, random.NextInt64(1, run.Options.AsOfEvents + 1).ToString(CultureInfo.InvariantCulture), 200);

                // The first moments may be before the first event.
                var moment = began + (filledFor * (0.1 + (0.9 * random.NextDouble())));
                await LookAsync(byTime, moment.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture), 200, 404);
            }

            run.Report.AddLatency(Name, subject, "at a position", byPosition.Summarize(), "below 20 ms");
            run.Report.AddLatency(Name, subject, "at a time", byTime.Summarize(), "below 20 ms");
        }

        async Task LookAsync(LatencyRecorder latencies, string at, params int[] statuses)
        {
            var start = Stopwatch.GetTimestamp();
            var status = await connection.GetAsync($"/api/state/entities/{EventText.Entity(0)}?at={at}", cancellationToken);
            latencies.Record(Stopwatch.GetElapsedTime(start));
            if (!statuses.Contains(status))
            {
                throw new BenchmarkException($"A look at {at} was answered with {status}.");
            }
        }
    }

    private async Task MeasureWorldAsync(BenchmarkRun run, string store, int port, CancellationToken cancellationToken)
    {
        var events = await FillAsync(run, store, port, run.Options.AsOfEntities, cancellationToken);
        using var connection = await HttpConnection.OpenAsync(port, cancellationToken);
        await ReadAllAsync(query: string.Empty); // the buffer has grown
        var subject = string.Create(CultureInfo.InvariantCulture, $"{store}, {run.Options.AsOfEntities:N0} entities of {run.Options.AsOfEvents:N0} events");
        for (var round = 0; round < run.Options.Rounds; round++)
        {
            foreach (var place in Places)
            {
                var (elapsed, found) = await ReadAllAsync(string.Create(CultureInfo.InvariantCulture, $"&at={(long)(place * events)}"));
                run.Report.Add(Name, subject, string.Create(CultureInfo.InvariantCulture, $"at {place:P0}, found"), "entities", found);
                run.Report.Add(
                    Name,
                    subject,
                    string.Create(CultureInfo.InvariantCulture, $"at {place:P0}{(round == 0 ? ", the first time" : "")}"),
                    "ms",
                    elapsed.TotalMilliseconds,
                    "below 1,000 ms");
            }

            run.Report.Add(Name, subject, "now", "ms", (await ReadAllAsync(query: string.Empty)).Elapsed.TotalMilliseconds);
        }

        async Task<(TimeSpan Elapsed, int Found)> ReadAllAsync(string query)
        {
            var start = Stopwatch.GetTimestamp();
            var status = await connection.GetAsync($"/api/state/entities?namespace={EventText.Namespace}{query}", cancellationToken);
            var elapsed = Stopwatch.GetElapsedTime(start);
            var found = connection.Body.Span.Count(EachEntity);
            return status == 200 && found > 0
                ? (elapsed, found)
                : throw new BenchmarkException($"A list of {run.Options.AsOfEntities} entities was answered with {status} and {found} of them.");
        }
    }

    private async Task<long> FillAsync(BenchmarkRun run, string store, int port, int entities, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var result = await World.FillAsync(port, entities, run.Options.AsOfEvents, run.Clock, cancellationToken);
        run.CheckFailures(Name, "filling", result);
        await ProjectionLag.MeasureAsync(port, Stopwatch.GetTimestamp(), run.Clock, cancellationToken);
        run.Progress($"{store}: {result.Events:N0} events on {entities:N0} entities after {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
        return result.Events;
    }
}
