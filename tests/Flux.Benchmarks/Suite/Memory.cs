namespace Flux.Benchmarks.Suite;

/// <summary>Whether entities that nobody asks for any more leave memory.</summary>
internal sealed class Memory : IBenchmark
{
    private const int First = 10_000;

    // Entities leave soon after they were touched, so that two minutes show it.
    private static readonly Dictionary<string, string> Settings = new() { ["FLUX_COLLECTION_AGE_SECONDS"] = "10" };

    public string Name => "memory";

    public async Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        await using var flux = await run.StartFluxAsync(Settings, cancellationToken);
        await World.FillAsync(flux.Port, First, First, run.Clock, cancellationToken);
        var start = await Settling.WaitForStableMemoryAsync(flux.ProcessId, TimeSpan.FromSeconds(60), run.Clock, cancellationToken);

        await using var sampler = new MemorySampler(flux.ProcessId, run.Clock);
        var result = await World.FillAsync(flux.Port, run.Options.MemoryEntities, run.Options.MemoryEntities, run.Clock, cancellationToken);
        var touched = flux.Usage.ResidentBytes;
        run.Progress($"{run.Options.MemoryEntities:N0} entities after {result.Elapsed.TotalSeconds:0} s: {MiB(touched):N0} MiB; watching for {run.Options.MemoryAftermath.TotalSeconds:0} s");
        await Task.Delay(run.Options.MemoryAftermath, run.Clock, cancellationToken);
        var end = flux.Usage.ResidentBytes;

        var subject = $"{run.Options.MemoryEntities:N0} entities";
        run.CheckFailures(Name, subject, result);
        run.Report.Add(Name, subject, "events/s", "1/s", result.Events / result.Elapsed.TotalSeconds);
        run.Report.Add(Name, subject, "memory at the start", "MiB", MiB(start));
        run.Report.Add(Name, subject, "highest memory", "MiB", MiB(sampler.MaxBytes));
        run.Report.Add(Name, subject, "memory after the last event", "MiB", MiB(touched));
        run.Report.Add(Name, subject, "memory at the end", "MiB", MiB(end));
        run.Report.Add(Name, subject, "end / start", "", (double)end / start);
        run.Report.Add(Name, subject, "highest above start per entity", "B", (double)(sampler.MaxBytes - start) / run.Options.MemoryEntities);
    }

    private static double MiB(long bytes) => bytes / 1024.0 / 1024.0;
}
