using System.Collections.Concurrent;

namespace Flux.Benchmarks.Load;

/// <summary>Sends events at fixed moments; each value is the stamp of the moment at which its request was due to leave.</summary>
internal sealed class OpenLoop(int port, OpenLoopPlan plan, TimeProvider clock)
{
    private long _acknowledged;
    private long _failures;
    private bool _isStopped;

    /// <summary>Ends it before its time: what is in flight is still waited for.</summary>
    public void Stop() => Volatile.Write(ref _isStopped, true);

    public async Task<OpenLoopResult> RunAsync(CancellationToken cancellationToken)
    {
        var idle = new BlockingCollection<OpenLoopConnection>(new ConcurrentQueue<OpenLoopConnection>()); // in turn, so that each is used
        var connections = new List<OpenLoopConnection>();
        try
        {
            for (var i = 0; i < plan.Connections; i++)
            {
                connections.Add(new OpenLoopConnection(
                    port, EventRequest.Create(port, plan.Shape, Math.Max(1, plan.BatchSize), plan.BatchSize > 0, token: null, clock)));
                await connections[i].OpenAsync(cancellationToken);
                idle.Add(connections[i], cancellationToken);
            }

            var cpu = ProcessUsage.OfSelf().Cpu;
            var start = Stopwatch.GetTimestamp();
            var lateness = await Task.Factory.StartNew(
                () => Pace(idle, start, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

            // Each connection comes back with its answer: all of them idle means nothing is in flight.
            foreach (var _ in connections)
            {
                idle.Take(cancellationToken);
            }

            var elapsed = Stopwatch.GetElapsedTime(start);
            var all = new LatencyRecorder();
            connections.ForEach(connection => all.Add(connection.Latencies));
            var load = new LoadResult(_acknowledged, _failures, elapsed, all.Summarize(), ProcessUsage.OfSelf().Cpu - cpu);
            return new OpenLoopResult(load, lateness);
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }

    private LatencySummary Pace(BlockingCollection<OpenLoopConnection> idle, long start, CancellationToken cancellationToken)
    {
        var lateness = new LatencyRecorder();
        var interval = Stopwatch.Frequency / plan.RequestsPerSecond;
        var requests = (long)(plan.RequestsPerSecond * plan.Duration.TotalSeconds);
        for (var number = 0L; number < requests && !Volatile.Read(ref _isStopped); number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var due = start + (long)(number * interval);
            Pacer.WaitUntil(due);
            lateness.Record(Stopwatch.GetElapsedTime(due));

            // Of when it was due, not of when a connection was free: a server that answers late does not get its clock stopped.
            var stamp = Stamp.At(due);
            var connection = idle.Take(cancellationToken);
            Fill(connection.Request, number, stamp);
            _ = SendAsync(connection, stamp, idle, cancellationToken);
        }

        return lateness.Summarize();
    }

    private void Fill(EventRequest request, long number, long stamp)
    {
        for (var i = 0; i < request.Events; i++)
        {
            request.SetEntity(i, (int)(((number * request.Events) + i) % plan.Entities));
            request.SetValue(i, stamp);
        }
    }

    private async Task SendAsync(
        OpenLoopConnection connection, long stamp, BlockingCollection<OpenLoopConnection> idle, CancellationToken cancellationToken)
    {
        try
        {
            var status = await connection.ExchangeAsync(cancellationToken);
            connection.Latencies.Record(Stamp.Since(stamp));
            if (status == 200 && (plan.BatchSize == 0 || connection.Body.Span.IndexOf("\"failed\":0"u8) >= 0))
            {
                Interlocked.Add(ref _acknowledged, connection.Request.Events);
            }
            else
            {
                Interlocked.Increment(ref _failures);
            }
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or OperationCanceledException)
        {
            // Counted, and told with the figures: the run goes on without this answer.
            connection.Close();
            Interlocked.Increment(ref _failures);
        }
        finally
        {
            idle.Add(connection, CancellationToken.None);
        }
    }
}
