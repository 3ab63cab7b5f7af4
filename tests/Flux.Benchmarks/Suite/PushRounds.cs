namespace Flux.Benchmarks.Suite;

/// <summary>Publishes at fixed rates in turn and takes the time until each change is a frame on the socket.</summary>
internal sealed class PushRounds(string benchmark, BenchmarkRun run, PushPath path, IReadOnlyList<PushRate> rates)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        run.Progress($"warm-up of {run.Options.WarmUp.TotalSeconds:0} s");
        foreach (var protocol in run.Options.Protocols)
        {
            using var sockets = await OpenAsync(protocol, cancellationToken);
            await PublishAsync(rates.Max(rate => rate.PerSecond), run.Options.WarmUp, cancellationToken);
        }

        for (var round = 0; round < run.Options.Rounds; round++)
        {
            foreach (var rate in rates)
            {
                var found = new Dictionary<SubscriptionProtocol, LatencySummary>();
                foreach (var protocol in run.Options.ProtocolsOf(round))
                {
                    using var sockets = await OpenAsync(protocol, cancellationToken);
                    found[protocol] = await MeasureAsync(sockets, rate, protocol, cancellationToken);
                }

                if (found.Count > 1)
                {
                    var (newer, classic) = (found[SubscriptionProtocol.Newer], found[SubscriptionProtocol.Classic]);
                    var subject = $"{rate.Name}, {ProtocolNames.Newer} / classic";
                    run.Report.Add(benchmark, subject, "POST to frame p50 ratio", "", newer.P50 / classic.P50);
                    run.Report.Add(benchmark, subject, "POST to frame p99 ratio", "", newer.P99 / classic.P99);
                }

                if (path.Yardstick is { } yardstick)
                {
                    await MeasureAsync(yardstick, rate, found[SubscriptionProtocol.Classic], cancellationToken);
                }
            }
        }
    }

    private Task<SocketGroup> OpenAsync(SubscriptionProtocol protocol, CancellationToken cancellationToken) => SocketGroup.OpenHeardAsync(
        path.SubscribePort,
        SocketPlan.ToAll(protocol, count: 1, bufferSize: 64 * 1024, measuredEvery: 1),
        path.PublishPort,
        run.Clock,
        cancellationToken);

    private Task<OpenLoopResult> PublishAsync(int rate, TimeSpan duration, CancellationToken cancellationToken)
    {
        var plan = new OpenLoopPlan { RequestsPerSecond = rate, Duration = duration };
        return new OpenLoop(path.PublishPort, plan, run.Clock).RunAsync(cancellationToken);
    }

    private async Task<LatencySummary> MeasureAsync(SocketGroup sockets, PushRate rate, SubscriptionProtocol protocol, CancellationToken cancellationToken)
    {
        var subject = ProtocolNames.Subject(rate.Name, protocol);
        var before = sockets.Updates;
        var cpu = path.Cpu();
        sockets.MeasureFrom(Stamp.Now());
        var result = await PublishAsync(rate.PerSecond, run.Options.Round, cancellationToken);
        await sockets.WaitForAsync(before + result.Load.Events, run.Clock, cancellationToken);
        var latency = sockets.Latencies().Summarize();
        cpu = path.Cpu() - cpu;

        run.CheckFailures(benchmark, subject, result.Load);
        run.CheckLateness(benchmark, subject, result.Lateness);
        run.Report.AddLatency(benchmark, subject, "POST to frame", latency, rate.P99Goal, rate.P50Goal);
        run.Report.AddLatency(benchmark, subject, "POST to answer", result.Load.Latency);
        run.Report.Add(benchmark, subject, "frames lost", "", result.Load.Events - (sockets.Updates - before));
        run.Report.Add(benchmark, subject, "server CPU", "µs/event", cpu.TotalMicroseconds / result.Load.Events);
        run.Report.Add(benchmark, subject, "generator late p99", "ms", result.Lateness.P99);
        run.Report.Add(
            benchmark, subject, "generator's share", "% of cores", 100 * result.Load.ClientCpu / (result.Load.Elapsed * Environment.ProcessorCount));
        run.Progress($"{subject}: p50 {latency.P50:0.00} ms, p99 {latency.P99:0.00} ms, max {latency.Max:0.0} ms");
        return latency;
    }

    private async Task MeasureAsync(IPushYardstick yardstick, PushRate rate, LatencySummary flux, CancellationToken cancellationToken)
    {
        var subject = $"{rate.Name}, {yardstick.Name}";
        var result = await yardstick.MeasureAsync(rate.PerSecond, run.Options.Round, cancellationToken);
        run.CheckLateness(benchmark, subject, result.Lateness);
        run.Report.AddLatency(benchmark, subject, "publish to message", result.Latency);
        run.Report.Add(benchmark, subject, "messages lost", "", result.Lost);
        run.Report.Add(benchmark, $"{rate.Name}, Flux / {yardstick.Name}", "p50 ratio", "", flux.P50 / result.Latency.P50);
        run.Report.Add(benchmark, $"{rate.Name}, Flux / {yardstick.Name}", "p99 ratio", "", flux.P99 / result.Latency.P99);
        run.Progress($"{subject}: p50 {result.Latency.P50:0.00} ms, p99 {result.Latency.P99:0.00} ms, {result.Lost} lost");
    }
}
