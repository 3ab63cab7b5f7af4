namespace Flux.Benchmarks.Suite;

/// <summary>What it costs to deliver changes to many sockets, and whether all of them arrive.</summary>
internal sealed class FanOut : IBenchmark
{
    private static readonly FanOutCase[] Cases =
    [
        new(Sockets: 200, ChangesPerSecond: 100, BatchSize: 0) { Goal = "at least 50,000" },
        new(Sockets: 1000, ChangesPerSecond: 20, BatchSize: 0) { Publishers = 1 },
        new(Sockets: 100, ChangesPerSecond: 500, BatchSize: 0) { Publishers = 100 },
        new(Sockets: 50, ChangesPerSecond: 2000, BatchSize: 100) { Goal = "at least 300,000" },
    ];

    public string Name => "fanout";

    public async Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        await using var flux = await run.StartFluxAsync(cancellationToken);
        foreach (var one in Cases)
        {
            foreach (var protocol in run.Options.Protocols)
            {
                using var sockets = await OpenAsync(run, flux, one, protocol, cancellationToken);
                await new OpenLoop(flux.Port, Plan(one, run.Options.WarmUp), run.Clock).RunAsync(cancellationToken);
            }

            for (var round = 0; round < run.Options.Rounds; round++)
            {
                var costs = new Dictionary<SubscriptionProtocol, double>();
                foreach (var protocol in run.Options.ProtocolsOf(round))
                {
                    using var sockets = await OpenAsync(run, flux, one, protocol, cancellationToken);
                    costs[protocol] = await MeasureAsync(run, flux, sockets, one, protocol, cancellationToken);
                }

                if (costs.Count > 1)
                {
                    run.Report.Add(
                        Name, $"{one.Name}, {ProtocolNames.Newer} / classic", "server CPU ratio", "", costs[SubscriptionProtocol.Newer] / costs[SubscriptionProtocol.Classic]);
                }
            }
        }
    }

    // The latency of every tenth socket stands for all; parsing every frame would load the cores that are measured.
    private static Task<SocketGroup> OpenAsync(
        BenchmarkRun run, FluxServer flux, FanOutCase one, SubscriptionProtocol protocol, CancellationToken cancellationToken) => SocketGroup.OpenHeardAsync(
        flux.Port, SocketPlan.ToAll(protocol, one.Sockets, bufferSize: 32 * 1024, measuredEvery: 10), flux.Port, run.Clock, cancellationToken);

    private static OpenLoopPlan Plan(FanOutCase one, TimeSpan duration) => new()
    {
        RequestsPerSecond = (double)one.ChangesPerSecond / Math.Max(1, one.BatchSize),
        Duration = duration,
        BatchSize = one.BatchSize,
        Connections = one.Publishers,
    };

    /// <returns>Server CPU for each delivery, in microseconds.</returns>
    private async Task<double> MeasureAsync(
        BenchmarkRun run, FluxServer flux, SocketGroup sockets, FanOutCase one, SubscriptionProtocol protocol, CancellationToken cancellationToken)
    {
        var subject = ProtocolNames.Subject(one.Name, protocol);
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

        run.CheckFailures(Name, subject, result.Load);
        run.CheckLateness(Name, subject, result.Lateness);
        if (delivered != expected)
        {
            run.Report.Remark($"{Name}, {subject}: {expected} frames expected, {delivered} arrived. {string.Join("; ", sockets.Ended)}");
        }

        run.Report.Add(Name, subject, "deliveries/s", "1/s", delivered / elapsed.TotalSeconds);
        run.Report.Add(Name, subject, "deliveries per CPU second", "1/s", delivered / cpu.TotalSeconds, one.Goal);
        run.Report.Add(Name, subject, "frames lost", "", expected - delivered);
        run.Report.Add(Name, subject, "bytes per frame", "B", (double)(sockets.Bytes - bytes) / delivered);
        run.Report.AddLatency(Name, subject, "POST to frame", sockets.Latencies().Summarize());
        run.Report.Add(
            Name, subject, "generator's share", "% of cores", 100 * result.Load.ClientCpu / (result.Load.Elapsed * Environment.ProcessorCount));
        run.Progress($"{subject}: {delivered / cpu.TotalSeconds:N0} deliveries per CPU second, {expected - delivered} lost");
        return cpu.TotalMicroseconds / delivered;
    }
}
