using System.Text.Json;

namespace Flux.Benchmarks.Suite;

/// <summary>How long a series of a million points in 500 buckets takes.</summary>
internal sealed class PropertySeries : IBenchmark
{
    private const int Buckets = 500;
    private const int RequestsPerRound = 20;

    public string Name => "series";

    public Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken) => BothStores.MeasureAsync(
        run, Name, (store, port, _, token) => MeasureAsync(run, $"{store}, {run.Options.SeriesPoints:N0} points", port, token), cancellationToken);

    private async Task MeasureAsync(BenchmarkRun run, string subject, int port, CancellationToken cancellationToken)
    {
        var filled = await World.FillAsync(port, entities: 1, run.Options.SeriesPoints, run.Clock, cancellationToken);
        run.CheckFailures(Name, subject, filled);
        await ProjectionLag.MeasureAsync(port, Stopwatch.GetTimestamp(), run.Clock, cancellationToken);
        run.Progress($"{subject} after {filled.Elapsed.TotalSeconds:0} s");

        using var connection = await HttpConnection.OpenAsync(port, cancellationToken);
        var first = await AskAsync(connection, filled.Events, cancellationToken);
        run.Report.Add(Name, subject, "first answer", "ms", first.TotalMilliseconds);
        for (var round = 0; round < run.Options.Rounds; round++)
        {
            var latencies = new LatencyRecorder();
            for (var i = 0; i < RequestsPerRound; i++)
            {
                latencies.Record(await AskAsync(connection, filled.Events, cancellationToken));
            }

            run.Report.AddLatency(Name, subject, $"{Buckets} buckets", latencies.Summarize(), "below 300 ms");
        }

        await Task.Yield(); // off the sockets' own thread
    }

    private static async Task<TimeSpan> AskAsync(HttpConnection connection, long points, CancellationToken cancellationToken)
    {
        var sent = Stopwatch.GetTimestamp();
        var status = await connection.GetAsync($"/api/series?entity={EventText.Entity(0)}&property=temperature&buckets={Buckets}", cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(sent);
        if (status != 200)
        {
            throw new BenchmarkException($"The series was answered with {status}.");
        }

        using var answer = JsonDocument.Parse(connection.Body);
        var counted = answer.RootElement.EnumerateArray().Sum(bucket => bucket.GetProperty("count").GetInt64());
        return counted == points ? elapsed : throw new BenchmarkException($"The buckets hold {counted:N0} of {points:N0} points.");
    }
}
