namespace Flux.Benchmarks.Suite;

/// <summary>Publishes at fixed rates in turn and takes the time until each change is a frame on the socket.</summary>
internal sealed class PushRounds(string benchmark, BenchmarkRun run, PushPath path, IReadOnlyList<int> rates)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var sockets = await SocketGroup.OpenAsync(
            path.SubscribePort, count: 1, bufferSize: 64 * 1024, measuredEvery: 1, subscribe: true, cancellationToken);
        await sockets.WaitUntilAllHearAsync(path.PublishPort, run.Clock, cancellationToken);

        run.Progress($"warm-up of {run.Options.WarmUp.TotalSeconds:0} s");
        await PublishAsync(rates.Max(), run.Options.WarmUp, cancellationToken);
        await sockets.WaitUntilQuietAsync(run.Clock, cancellationToken);
        for (var round = 0; round < run.Options.Rounds; round++)
        {
            foreach (var rate in rates)
            {
                await MeasureAsync(sockets, rate, cancellationToken);
            }
        }
    }

    private Task<OpenLoopResult> PublishAsync(int rate, TimeSpan duration, CancellationToken cancellationToken)
    {
        var plan = new OpenLoopPlan { RequestsPerSecond = rate, Duration = duration };
        return new OpenLoop(path.PublishPort, plan, run.Clock).RunAsync(cancellationToken);
    }

    private async Task MeasureAsync(SocketGroup sockets, int rate, CancellationToken cancellationToken)
    {
        var subject = string.Create(CultureInfo.InvariantCulture, $"{rate}/s");
        var before = sockets.Updates;
        var cpu = path.Cpu();
        sockets.MeasureFrom(Stamp.Now());
        var result = await PublishAsync(rate, run.Options.Round, cancellationToken);
        await sockets.WaitForAsync(before + result.Load.Events, run.Clock, cancellationToken);
        var latency = sockets.Latencies().Summarize();
        cpu = path.Cpu() - cpu;

        run.CheckFailures(benchmark, subject, result.Load);
        run.CheckLateness(benchmark, subject, result.Lateness);
        run.Report.AddLatency(benchmark, subject, "POST to frame", latency, path.P99Goal);
        run.Report.AddLatency(benchmark, subject, "POST to answer", result.Load.Latency);
        run.Report.Add(benchmark, subject, "frames lost", "", result.Load.Events - (sockets.Updates - before));
        run.Report.Add(benchmark, subject, "server CPU", "µs/event", cpu.TotalMicroseconds / result.Load.Events);
        run.Report.Add(benchmark, subject, "generator late p99", "ms", result.Lateness.P99);
        run.Report.Add(
            benchmark, subject, "generator's share", "% of cores", 100 * result.Load.ClientCpu / (result.Load.Elapsed * Environment.ProcessorCount));
        run.Progress($"{subject}: p50 {latency.P50:0.00} ms, p99 {latency.P99:0.00} ms, max {latency.Max:0.0} ms");
    }
}
