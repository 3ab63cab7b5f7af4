namespace Flux.Benchmarks.Suite;

/// <summary>Drives targets in turn, so that whatever else the machine does hits all of them alike.</summary>
internal sealed class IngestRounds(
    string benchmark, BenchmarkRun run, string group, IReadOnlyList<IngestTarget> targets, IReadOnlyList<IngestComparison> comparisons)
{
    /// <summary>Gets what is wanted of the rates, by the name of the target.</summary>
    public IReadOnlyDictionary<string, string> RateGoals { get; init; } = new Dictionary<string, string>();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var target in targets)
        {
            run.Progress($"{group}{target.Name}: warm-up of {run.Options.WarmUp.TotalSeconds:0} s");
            await target.DriveAsync(run.Options.WarmUp, cancellationToken);
        }

        for (var round = 0; round < run.Options.Rounds; round++)
        {
            var rates = new Dictionary<string, double>();

            // In another order each round, so that none always runs in the same one's wake.
            var order = targets.ToArray();
            new Random(round).Shuffle(order);
            foreach (var target in order)
            {
                rates[target.Name] = await DriveAsync(target, cancellationToken);
            }

            // Those that are not there are not compared.
            foreach (var (subject, yardstick, goal) in comparisons.Where(one => rates.ContainsKey(one.Subject) && rates.ContainsKey(one.Yardstick)))
            {
                run.Report.Add(benchmark, $"{group}{subject} / {yardstick}", "events/s ratio", "", rates[subject] / rates[yardstick], goal);
            }

            run.Progress($"{group}round {round + 1}: {string.Join(", ", rates.Select(rate => $"{rate.Key} {rate.Value:N0}/s"))}");
        }
    }

    private async Task<double> DriveAsync(IngestTarget target, CancellationToken cancellationToken)
    {
        var commits = target.CountCommitsAsync is { } count ? await count(cancellationToken) : default;
        var (cpu, storeCpu) = (target.Cpu(), target.StoreCpu?.Invoke());
        var result = await target.DriveAsync(run.Options.Round, cancellationToken);
        var lastAck = Stopwatch.GetTimestamp();
        var subject = group + target.Name;
        run.CheckFailures(benchmark, subject, result);
        if (target.ListPort is { } port)
        {
            // What the projection still does for these events is part of their price.
            var lag = await ProjectionLag.MeasureAsync(port, lastAck, run.Clock, cancellationToken);
            run.Report.Add(benchmark, subject, "projection lag", "ms", lag.TotalMilliseconds, "at most 1,000 ms");
        }

        var rate = result.Events / result.Elapsed.TotalSeconds;
        run.Report.Add(benchmark, subject, "events/s", "1/s", rate, RateGoals.GetValueOrDefault(target.Name));
        run.Report.AddLatency(benchmark, subject, "ack", result.Latency);
        run.Report.Add(benchmark, subject, "server CPU", "µs/event", (target.Cpu() - cpu).TotalMicroseconds / result.Events);
        if (target.StoreCpu?.Invoke() - storeCpu is { } stored)
        {
            run.Report.Add(benchmark, subject, "PostgreSQL CPU", "µs/event", stored.TotalMicroseconds / result.Events);
        }

        run.Report.Add(benchmark, subject, "generator CPU", "µs/event", result.ClientCpu.TotalMicroseconds / result.Events);
        run.Report.Add(
            benchmark, subject, "generator's share", "% of cores", 100 * result.ClientCpu / (result.Elapsed * Environment.ProcessorCount));
        if (target.CountCommitsAsync is { } countAgain)
        {
            var made = await countAgain(cancellationToken) - commits;
            run.Report.Add(benchmark, subject, "commit, mean", "ms", made.Duration.TotalMilliseconds / made.Count);
            run.Report.Add(benchmark, subject, "events per commit, mean", "", made.Events / made.Count);
            run.Report.Add(benchmark, subject, "commits/s", "1/s", made.Count / result.Elapsed.TotalSeconds);
        }

        return rate;
    }
}
