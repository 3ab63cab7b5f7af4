namespace Flux.Benchmarks.Suite;

/// <summary>Whether an event costs more when millions are in the log before it.</summary>
/// <remarks>A round is a number of events, not a time: at full speed the empty log would not stay empty for long.</remarks>
internal sealed class Growth : IBenchmark
{
    private const int Entities = 10_000;

    private static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(2);

    public string Name => "growth";

    public async Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        await using var empty = await run.StartFluxAsync(cancellationToken);
        await using var full = await run.StartFluxAsync(cancellationToken);
        var start = Stopwatch.GetTimestamp();
        run.CheckFailures(Name, "filling", await World.FillAsync(full.Port, Entities, run.Options.GrowthEvents, run.Clock, cancellationToken));
        run.Progress($"{run.Options.GrowthEvents:N0} events after {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");

        // The same entities are active in both.
        run.CheckFailures(Name, "filling", await World.FillAsync(empty.Port, Entities, Entities, run.Clock, cancellationToken));
        (string Name, FluxServer Server)[] subjects = [("empty log", empty), ($"{run.Options.GrowthEvents:N0} events", full)];
        foreach (var (_, server) in subjects)
        {
            await DriveAsync(run, server, cancellationToken);
            await Settling.WaitForIdleAsync(server.ProcessId, IdleLimit, run.Clock, cancellationToken);
        }

        for (var round = 0; round < run.Options.Rounds; round++)
        {
            var costs = new double[subjects.Length];
            for (var i = 0; i < subjects.Length; i++)
            {
                var subject = (round + i) % subjects.Length;
                costs[subject] = await MeasureAsync(run, subjects[subject].Name, subjects[subject].Server, cancellationToken);
            }

            run.Report.Add(Name, "full / empty", "server CPU ratio", "", costs[1] / costs[0]);
            run.Progress($"round {round + 1}: {costs[0]:0.0} µs/event empty, {costs[1]:0.0} µs/event full");
        }
    }

    private static Task<LoadResult> DriveAsync(BenchmarkRun run, FluxServer server, CancellationToken cancellationToken)
    {
        var plan = new ClosedLoopPlan
        {
            Connections = run.Options.SingleLoad.Connections,
            BatchSize = 0,
            Entities = Entities,
            TotalEvents = run.Options.GrowthRoundEvents,
        };
        return new ClosedLoop([server.Port], plan, run.Clock).RunAsync(cancellationToken);
    }

    private async Task<double> MeasureAsync(BenchmarkRun run, string subject, FluxServer server, CancellationToken cancellationToken)
    {
        var before = server.Usage.Cpu;
        var result = await DriveAsync(run, server, cancellationToken);
        run.CheckFailures(Name, subject, result);

        // The projection's share of these events is part of their price.
        await ProjectionLag.MeasureAsync(server.Port, Stopwatch.GetTimestamp(), run.Clock, cancellationToken);
        var cost = (server.Usage.Cpu - before).TotalMicroseconds / result.Events;

        run.Report.Add(Name, subject, "server CPU", "µs/event", cost);
        run.Report.AddLatency(Name, subject, "ack", result.Latency);
        return cost;
    }
}
