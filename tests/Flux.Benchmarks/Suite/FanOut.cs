namespace Flux.Benchmarks.Suite;

/// <summary>What it costs to deliver changes to many sockets, and whether all of them arrive.</summary>
internal sealed class FanOut : IBenchmark
{
    private static readonly FanOutCase[] Cases =
    [
        new(Sockets: 200, ChangesPerSecond: 100, BatchSize: 0),
        new(Sockets: 1000, ChangesPerSecond: 20, BatchSize: 0),
        new(Sockets: 50, ChangesPerSecond: 2000, BatchSize: 100),
    ];

    public string Name => "fanout";

    public async Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        await using var flux = await run.StartFluxAsync(cancellationToken);
        foreach (var one in Cases)
        {
            // The latency of every tenth socket stands for all; parsing every frame would load the cores that are measured.
            using var sockets = await SocketGroup.OpenAsync(
                flux.Port, one.Sockets, bufferSize: 32 * 1024, measuredEvery: 10, subscribe: true, cancellationToken);
            await sockets.WaitUntilAllHearAsync(flux.Port, run.Clock, cancellationToken);
            await new OpenLoop(flux.Port, Plan(one, run.Options.WarmUp), run.Clock).RunAsync(cancellationToken);
            await sockets.WaitUntilQuietAsync(run.Clock, cancellationToken);
            for (var round = 0; round < run.Options.Rounds; round++)
            {
                await MeasureAsync(run, flux, sockets, one, cancellationToken);
            }
        }
    }

    private static OpenLoopPlan Plan(FanOutCase one, TimeSpan duration) => new()
    {
        RequestsPerSecond = (double)one.ChangesPerSecond / Math.Max(1, one.BatchSize),
        Duration = duration,
        BatchSize = one.BatchSize,
        Connections = 16,
    };

    private async Task MeasureAsync(BenchmarkRun run, FluxServer flux, SocketGroup sockets, FanOutCase one, CancellationToken cancellationToken)
    {
        var before = sockets.Updates;
        var bytes = sockets.Bytes;
        var cpu = flux.Usage.Cpu;
        sockets.MeasureFrom(Stamp.Now());
        var start = Stopwatch.GetTimestamp();
        var result = await new OpenLoop(flux.Port, Plan(one, run.Options.Round), run.Clock).RunAsync(cancellationToken);
        var expected = result.Load.Events * sockets.Count;
        await sockets.WaitForAsync(before + expected, run.Clock, cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(start);
        cpu = flux.Usage.Cpu - cpu;
        var delivered = sockets.Updates - before;

        run.CheckFailures(Name, one.Name, result.Load);
        run.CheckLateness(Name, one.Name, result.Lateness);
        if (delivered != expected)
        {
            run.Report.Remark($"{Name}, {one.Name}: {expected} frames expected, {delivered} arrived. {string.Join("; ", sockets.Ended)}");
        }

        run.Report.Add(Name, one.Name, "deliveries/s", "1/s", delivered / elapsed.TotalSeconds);
        run.Report.Add(Name, one.Name, "deliveries per CPU second", "1/s", delivered / cpu.TotalSeconds);
        run.Report.Add(Name, one.Name, "frames lost", "", expected - delivered);
        run.Report.Add(Name, one.Name, "bytes per frame", "B", (double)(sockets.Bytes - bytes) / delivered);
        run.Report.AddLatency(Name, one.Name, "POST to frame", sockets.Latencies().Summarize());
        run.Report.Add(
            Name, one.Name, "generator's share", "% of cores", 100 * result.Load.ClientCpu / (result.Load.Elapsed * Environment.ProcessorCount));
        run.Progress($"{one.Name}: {delivered / cpu.TotalSeconds:N0} deliveries per CPU second, {expected - delivered} lost");
    }
}
