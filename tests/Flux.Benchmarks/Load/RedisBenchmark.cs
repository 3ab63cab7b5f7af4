namespace Flux.Benchmarks.Load;

/// <summary>Appends the same events to Redis Streams, one stream per entity, with Redis' own load generator.</summary>
internal sealed class RedisBenchmark(int port, SingleLoad load, TimeProvider clock)
{
    private const int CalibrationRequests = 20_000;

    private double _perSecond;

    public async Task<LoadResult> RunAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        if (_perSecond == 0)
        {
            // redis-benchmark runs for a number of requests, not for a time.
            _perSecond = Rate(await AppendAsync(CalibrationRequests, cancellationToken));
        }

        var result = await AppendAsync((long)Math.Max(1, _perSecond * duration.TotalSeconds), cancellationToken);
        _perSecond = Rate(result);
        return result;
    }

    private static double Rate(LoadResult result) => result.Events / result.Elapsed.TotalSeconds;

    private async Task<LoadResult> AppendAsync(long requests, CancellationToken cancellationToken)
    {
        const EventShape Shape = EventShape.Reading;

        // __rand_int__ becomes twelve digits, other ones at each place.
        string[] arguments =
        [
            "-h", "127.0.0.1",
            "-p", port.ToString(CultureInfo.InvariantCulture),
            "-c", load.Connections.ToString(CultureInfo.InvariantCulture),
            "-n", requests.ToString(CultureInfo.InvariantCulture),
            "-r", load.Entities.ToString(CultureInfo.InvariantCulture),
            "--csv",
            "XADD", "bench:__rand_int__", "*", "event",
            EventText.BeforeEntity(clock) + "0000000" + EventText.BeforeValue(Shape) + "1000__rand_int__" + EventText.AfterValue(Shape),
        ];
        var before = ProcessUsage.OfSelf().ChildCpu;
        var output = await ChildProcess.RunAsync("redis-benchmark", arguments, cancellationToken);
        var cpu = ProcessUsage.OfSelf().ChildCpu - before;

        // "test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms","p99_latency_ms","max_latency_ms"; the test's name
        // is the command and may hold anything.
        var figures = output.Trim().Split('\n')[^1]
            .Split("\",\"")[^7..]
            .Select(figure => double.Parse(figure.Trim('"', '\r'), CultureInfo.InvariantCulture))
            .ToArray();
        return new LoadResult(
            requests,
            Failures: 0,
            TimeSpan.FromSeconds(requests / figures[0]),
            new LatencySummary(figures[3], figures[4], figures[5], figures[6]),
            cpu);
    }
}
