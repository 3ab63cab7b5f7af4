using Flux.Testing.PostgreSql;

namespace Flux.Benchmarks;

/// <summary>What all benchmarks of one run share.</summary>
internal sealed class BenchmarkRun(BenchmarkOptions options, Report report, TimeProvider clock)
{
    private static readonly Dictionary<string, string> NoSettings = [];

    public BenchmarkOptions Options => options;

    public Report Report => report;

    public TimeProvider Clock => clock;

    public Task<FluxServer> StartFluxAsync(CancellationToken cancellationToken) => StartFluxAsync(NoSettings, cancellationToken);

    public Task<FluxServer> StartFluxAsync(IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken) =>
        FluxServer.StartAsync(options, environment, CheckLog, clock, cancellationToken);

    /// <summary>Starts a private PostgreSQL server that flushes every commit; says so when there is none to start.</summary>
    /// <returns>The server, or null when the benchmark has to be left out.</returns>
    public async Task<PostgreSqlServer?> StartPostgreSqlAsync(string benchmark, CancellationToken cancellationToken)
    {
        if (PostgreSqlServer.WhyNotPrivate is { } why)
        {
            report.Remark($"{benchmark} was left out: {why}.");
            return null;
        }

        try
        {
            return await PostgreSqlServer.StartPrivateAsync(options.DataFolder, clock, cancellationToken);
        }
        catch (InvalidOperationException e)
        {
            throw new BenchmarkException(e.Message);
        }
    }

    /// <summary>Starts a cluster of silos on a database of its own.</summary>
    public Task<FluxSilos> StartSilosAsync(PostgreSqlServer postgreSql, int count, CancellationToken cancellationToken) =>
        FluxSilos.StartAsync(postgreSql, count, environment => StartFluxAsync(environment, cancellationToken), cancellationToken);

    /// <summary>Tells whoever waits what is being done.</summary>
    public void Progress(string text) => Console.WriteLine($"  {text}");

    /// <summary>Says so when requests failed, because then the figures beside it mean little.</summary>
    /// <exception cref="BenchmarkException">None was acknowledged.</exception>
    public void CheckFailures(string benchmark, string subject, LoadResult result)
    {
        if (result.Events == 0)
        {
            throw new BenchmarkException($"{subject} acknowledged nothing; {result.Failures} requests failed.");
        }

        if (result.Failures > 0)
        {
            report.Remark($"{benchmark}, {subject}: {result.Failures} requests failed.");
        }
    }

    /// <summary>Says so when an open loop could not keep its own schedule: then the rate was not the one in the name.</summary>
    public void CheckLateness(string benchmark, string subject, LatencySummary lateness)
    {
        const double Tolerable = 10;
        if (lateness.P99 > Tolerable)
        {
            report.Remark(string.Create(
                CultureInfo.InvariantCulture, $"{benchmark}, {subject}: the generator was up to {lateness.P99:0} ms late (p99); the machine is too busy."));
        }
    }

    // No load is an excuse for an error that a server did not expect: the run fails by it.
    private void CheckLog(string line)
    {
        if (ServerLog.FindTrouble([line]).Any())
        {
            report.Fail($"a server wrote: {line}");
        }
    }
}
