namespace Flux.Benchmarks.Suite;

/// <summary>How long a change takes from the POST to the frame on a socket that subscribes to everything.</summary>
internal sealed class Push : IBenchmark
{
    private static readonly int[] Rates = [200, 2000];

    public string Name => "push";

    public async Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        await using var flux = await run.StartFluxAsync(cancellationToken);
        using var sockets = await SocketGroup.OpenAsync(
            flux.Port, count: 1, bufferSize: 64 * 1024, measuredEvery: 1, subscribe: true, cancellationToken);
        await sockets.WaitUntilAllHearAsync(flux.Port, run.Clock, cancellationToken);

        run.Progress($"warm-up of {run.Options.WarmUp.TotalSeconds:0} s");
        await new OpenLoop(flux.Port, Plan(Rates.Max(), run.Options.WarmUp), run.Clock).RunAsync(cancellationToken);
        await sockets.WaitUntilQuietAsync(run.Clock, cancellationToken);
        for (var round = 0; round < run.Options.Rounds; round++)
        {
            foreach (var rate in Rates)
            {
                await MeasureAsync(run, flux, sockets, rate, cancellationToken);
            }
        }
    }

    private static OpenLoopPlan Plan(int rate, TimeSpan duration) => new() { RequestsPerSecond = rate, Duration = duration };

    private async Task MeasureAsync(BenchmarkRun run, FluxServer flux, SocketGroup sockets, int rate, CancellationToken cancellationToken)
    {
        var subject = string.Create(CultureInfo.InvariantCulture, $"{rate}/s");
        var before = sockets.Updates;
        var cpu = flux.Usage.Cpu;
        sockets.MeasureFrom(Stamp.Now());
        var result = await new OpenLoop(flux.Port, Plan(rate, run.Options.Round), run.Clock).RunAsync(cancellationToken);
        await sockets.WaitForAsync(before + result.Load.Events, run.Clock, cancellationToken);
        var latency = sockets.Latencies().Summarize();
        cpu = flux.Usage.Cpu - cpu;

        run.CheckFailures(Name, subject, result.Load);
        run.CheckLateness(Name, subject, result.Lateness);
        run.Report.AddLatency(Name, subject, "POST to frame", latency);
        run.Report.AddLatency(Name, subject, "POST to answer", result.Load.Latency);
        run.Report.Add(Name, subject, "frames lost", "", result.Load.Events - (sockets.Updates - before));
        run.Report.Add(Name, subject, "server CPU", "µs/event", cpu.TotalMicroseconds / result.Load.Events);
        run.Report.Add(Name, subject, "generator late p99", "ms", result.Lateness.P99);
        run.Report.Add(
            Name, subject, "generator's share", "% of cores", 100 * result.Load.ClientCpu / (result.Load.Elapsed * Environment.ProcessorCount));
        run.Progress($"{subject}: p50 {latency.P50:0.00} ms, p99 {latency.P99:0.00} ms, max {latency.Max:0.0} ms");
    }
}
