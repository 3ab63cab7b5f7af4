namespace Flux.Benchmarks.Suite;

/// <summary>How long it takes from a kill until the server wants traffic again, by the size of its log.</summary>
internal sealed class Recovery : IBenchmark
{
    private const int Entities = 100_000;

    public string Name => "recovery";

    public async Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        await using var flux = await run.StartFluxAsync(cancellationToken);
        var written = 0L;
        foreach (var size in (long[])[run.Options.GrowthEvents / 50, run.Options.GrowthEvents / 5, run.Options.GrowthEvents])
        {
            var subject = string.Create(CultureInfo.InvariantCulture, $"{size:N0} events on {Entities:N0} entities");
            run.CheckFailures(Name, subject, await World.FillAsync(flux.Port, Entities, size - written, run.Clock, cancellationToken));
            written = size;
            await ProjectionLag.MeasureAsync(flux.Port, Stopwatch.GetTimestamp(), run.Clock, cancellationToken);
            for (var round = 0; round < run.Options.Rounds; round++)
            {
                var ready = await flux.RestartAsync(run.Clock, cancellationToken);
                var lag = await ProjectionLag.MeasureAsync(flux.Port, Stopwatch.GetTimestamp(), run.Clock, cancellationToken);
                run.Report.Add(Name, subject, "kill to ready", "ms", ready.TotalMilliseconds);
                run.Report.Add(Name, subject, "ready to the first list", "ms", lag.TotalMilliseconds);
                run.Progress($"{subject}: ready {ready.TotalMilliseconds:N0} ms after it was killed");
            }

            // And while it is written to: what the projection had not stored is folded again.
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var writing = World.FillAsync(flux.Port, Entities, long.MaxValue, run.Clock, stop.Token);
            await Task.Delay(run.Options.Round, run.Clock, cancellationToken);
            var underLoad = await flux.RestartAsync(run.Clock, cancellationToken);
            await stop.CancelAsync();
            await ((Task)writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // its server was killed
            run.Report.Add(Name, subject, "killed while it was written to, to ready", "ms", underLoad.TotalMilliseconds);
        }
    }
}
