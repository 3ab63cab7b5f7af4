namespace Flux.Benchmarks.Load;

/// <summary>Drives servers from this process, as hard as their answers allow; connections are spread over the ports.</summary>
internal sealed class ClosedLoop(IReadOnlyList<int> ports, ClosedLoopPlan plan, TimeProvider clock)
{
    private static long lastValue = Stamp.Origin;

    private readonly int _eventsPerRequest = Math.Max(1, plan.BatchSize);
    private long _requests;
    private long _failures;

    public async Task<LoadResult> RunAsync(CancellationToken cancellationToken)
    {
        var connections = new List<HttpConnection>();
        try
        {
            for (var i = 0; i < plan.Connections; i++)
            {
                connections.Add(await HttpConnection.OpenAsync(ports[i % ports.Count], cancellationToken));
            }

            var cpu = ProcessUsage.OfSelf().Cpu;
            var start = Stopwatch.GetTimestamp();
            var parts = await Task.WhenAll(connections.Select(connection => DriveAsync(connection, start, cancellationToken)));
            var elapsed = Stopwatch.GetElapsedTime(start);
            var clientCpu = ProcessUsage.OfSelf().Cpu - cpu;

            // The last answer's continuation runs on the sockets' own thread, which the caller must not hold.
            await Task.Yield();
            var all = new LatencyRecorder();
            foreach (var part in parts)
            {
                all.Add(part);
            }

            return new LoadResult((all.Count - _failures) * _eventsPerRequest, _failures, elapsed, all.Summarize(), clientCpu);
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }

    private async Task<LatencyRecorder> DriveAsync(HttpConnection connection, long start, CancellationToken cancellationToken)
    {
        var latencies = new LatencyRecorder();
        var request = EventRequest.Create(ports[0], plan.Shape, _eventsPerRequest, plan.BatchSize > 0, plan.Token, clock);
        while (Next(start) is { } number)
        {
            Fill(request, number);
            var sent = Stopwatch.GetTimestamp();
            var status = await connection.ExchangeAsync(request.Bytes, cancellationToken);
            latencies.Record(Stopwatch.GetElapsedTime(sent));
            if (status != 200 || (plan.BatchSize > 0 && connection.Body.Span.IndexOf("\"failed\":0"u8) < 0))
            {
                Interlocked.Increment(ref _failures);
            }
        }

        return latencies;
    }

    private long? Next(long start)
    {
        var number = Interlocked.Increment(ref _requests) - 1;
        var more = plan.Duration is { } duration
            ? Stopwatch.GetElapsedTime(start) < duration
            : number * _eventsPerRequest < plan.TotalEvents;
        return more ? number : null;
    }

    private void Fill(EventRequest request, long number)
    {
        // Fibonacci hashing: spread like random numbers, without their price.
        var first = plan.Duration is null
            ? number * _eventsPerRequest
            : (long)((ulong)number * 0x9E37_79B9_7F4A_7C15 >> 33);
        var value = Interlocked.Add(ref lastValue, request.Events);
        for (var i = 0; i < request.Events; i++)
        {
            request.SetEntity(i, (int)((first + i) % plan.Entities));
            request.SetValue(i, value - i);
        }
    }
}
