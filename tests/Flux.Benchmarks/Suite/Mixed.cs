namespace Flux.Benchmarks.Suite;

/// <summary>Each connection publishes an event and then reads an entity, in turn, as fast as it is answered.</summary>
internal sealed class Mixed : IBenchmark
{
    public string Name => "mixed";

    public Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken) => BothStores.MeasureAsync(
        run, Name, (store, port, process, token) => MeasureAsync(run, store, port, process, token), cancellationToken);

    private async Task MeasureAsync(BenchmarkRun run, string store, int port, int process, CancellationToken cancellationToken)
    {
        // So that every entity that is read is there.
        var fill = new ClosedLoopPlan { Connections = 1, BatchSize = run.Options.BatchSize, Entities = run.Options.Entities, TotalEvents = run.Options.Entities };
        run.CheckFailures(Name, store, await new ClosedLoop([port], fill, run.Clock).RunAsync(cancellationToken));
        await DriveAsync(run, port, run.Options.WarmUp, cancellationToken);
        for (var round = 0; round < run.Options.Rounds; round++)
        {
            var cpu = ProcessUsage.Of(process).Cpu;
            var start = Stopwatch.GetTimestamp();
            var (writes, reads) = await DriveAsync(run, port, run.Options.Round, cancellationToken);
            var elapsed = Stopwatch.GetElapsedTime(start);
            cpu = ProcessUsage.Of(process).Cpu - cpu;
            run.Report.Add(Name, store, "pairs of a write and a read", "1/s", reads.Count / elapsed.TotalSeconds);
            run.Report.AddLatency(Name, store, "ack", writes.Summarize());
            run.Report.AddLatency(Name, store, "read", reads.Summarize());
            run.Report.Add(Name, store, "server CPU", "µs/pair", cpu.TotalMicroseconds / reads.Count);
            run.Progress($"{store}, round {round + 1}: {reads.Count / elapsed.TotalSeconds:N0} pairs/s");
        }
    }

    private async Task<(LatencyRecorder Writes, LatencyRecorder Reads)> DriveAsync(
        BenchmarkRun run, int port, TimeSpan duration, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var parts = await Task.WhenAll(Enumerable.Range(0, run.Options.SingleLoad.Connections).Select(number => DriveAsync(run, port, number, start, duration, cancellationToken)));
        await Task.Yield(); // off the sockets' own thread
        var (writes, reads) = (new LatencyRecorder(), new LatencyRecorder());
        foreach (var part in parts)
        {
            writes.Add(part.Writes);
            reads.Add(part.Reads);
        }

        return (writes, reads);
    }

    private async Task<(LatencyRecorder Writes, LatencyRecorder Reads)> DriveAsync(
        BenchmarkRun run, int port, int number, long start, TimeSpan duration, CancellationToken cancellationToken)
    {
        using var connection = await HttpConnection.OpenAsync(port, cancellationToken);
        var request = EventRequest.Create(port, EventShape.Reading, events: 1, batch: false, token: null, run.Clock);
        var random = new Random(number);
        var (writes, reads) = (new LatencyRecorder(), new LatencyRecorder());
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            request.SetEntity(0, random.Next(run.Options.Entities));
            request.SetValue(0, Stamp.Now());
            await ExchangeAsync(writes, connection.ExchangeAsync(request.Bytes, cancellationToken));
            await ExchangeAsync(reads, connection.GetAsync($"/api/state/entities/{EventText.Entity(random.Next(run.Options.Entities))}", cancellationToken));
        }

        return (writes, reads);
    }

    private async ValueTask ExchangeAsync(LatencyRecorder latencies, ValueTask<int> exchange)
    {
        var sent = Stopwatch.GetTimestamp();
        var status = await exchange;
        latencies.Record(Stopwatch.GetElapsedTime(sent));
        if (status != 200)
        {
            throw new BenchmarkException($"{Name}: a request was answered with {status}.");
        }
    }
}
