namespace Flux.Benchmarks.Suite;

/// <summary>Drives Flux and its yardsticks in turn, so that whatever else the machine does hits all of them alike.</summary>
internal sealed class IngestRounds(string benchmark, BenchmarkRun run, FluxServer flux, IReadOnlyList<IngestTarget> targets)
{
    public const string FluxName = "Flux";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var target in targets)
        {
            run.Progress($"{target.Name}: warm-up of {run.Options.WarmUp.TotalSeconds:0} s");
            await target.DriveAsync(run.Options.WarmUp, cancellationToken);
        }

        for (var round = 0; round < run.Options.Rounds; round++)
        {
            var rates = new Dictionary<string, double>();

            // Each round begins with another one, so that none always runs in another's wake.
            for (var i = 0; i < targets.Count; i++)
            {
                var target = targets[(round + i) % targets.Count];
                rates[target.Name] = await DriveAsync(target, cancellationToken);
            }

            foreach (var yardstick in targets.Where(target => target.Name != FluxName))
            {
                run.Report.Add(benchmark, $"{FluxName} / {yardstick.Name}", "events/s ratio", "", rates[FluxName] / rates[yardstick.Name]);
            }

            run.Progress($"round {round + 1}: {string.Join(", ", rates.Select(rate => $"{rate.Key} {rate.Value:N0}/s"))}");
        }
    }

    private async Task<double> DriveAsync(IngestTarget target, CancellationToken cancellationToken)
    {
        var before = target.Usage().Cpu;
        var result = await target.DriveAsync(run.Options.Round, cancellationToken);
        var lastAck = Stopwatch.GetTimestamp();
        var cpu = target.Usage().Cpu - before;
        run.CheckFailures(benchmark, target.Name, result);
        if (target.Name == FluxName)
        {
            var lag = await ProjectionLag.MeasureAsync(flux.Port, lastAck, run.Clock, cancellationToken);
            run.Report.Add(benchmark, target.Name, "projection lag", "ms", lag.TotalMilliseconds);

            // What the projection still does for these events is part of their price.
            cpu = target.Usage().Cpu - before;
        }

        var rate = result.Events / result.Elapsed.TotalSeconds;
        run.Report.Add(benchmark, target.Name, "events/s", "1/s", rate);
        run.Report.AddLatency(benchmark, target.Name, "ack", result.Latency);
        run.Report.Add(benchmark, target.Name, "server CPU", "µs/event", cpu.TotalMicroseconds / result.Events);
        run.Report.Add(benchmark, target.Name, "generator CPU", "µs/event", result.ClientCpu.TotalMicroseconds / result.Events);
        run.Report.Add(
            benchmark, target.Name, "generator's share", "% of cores", 100 * result.ClientCpu / (result.Elapsed * Environment.ProcessorCount));
        return rate;
    }
}
