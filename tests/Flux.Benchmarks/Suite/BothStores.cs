namespace Flux.Benchmarks.Suite;

/// <summary>Measures the same on an embedded log and on PostgreSQL, one after the other, as far as the options ask for them.</summary>
internal static class BothStores
{
    /// <summary>Starts a server on each store, and gives it to the measurement.</summary>
    /// <param name="run">The run.</param>
    /// <param name="benchmark">Who measures.</param>
    /// <param name="measureAsync">Takes the name of the store, the server's port and its process.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task MeasureAsync(
        BenchmarkRun run, string benchmark, Func<string, int, int, CancellationToken, Task> measureAsync, CancellationToken cancellationToken)
    {
        if (run.Options.Stores.Contains("embedded"))
        {
            await using var flux = await run.StartFluxAsync(cancellationToken);
            await measureAsync("embedded", flux.Port, flux.ProcessId, cancellationToken);
        }

        await using var postgreSql = run.Options.Stores.Contains("postgres") ? await run.StartPostgreSqlAsync(benchmark, cancellationToken) : null;
        if (postgreSql is not null)
        {
            await using var silos = await run.StartSilosAsync(postgreSql, count: 1, cancellationToken);
            await measureAsync("PostgreSQL", silos.Ports[0], silos.ProcessIds[0], cancellationToken);
        }
    }
}
