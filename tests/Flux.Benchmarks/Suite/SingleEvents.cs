namespace Flux.Benchmarks.Suite;

/// <summary>The load of single events, with wrk where it is there; connections are spread over the ports.</summary>
internal static class SingleEvents
{
    /// <summary>Gives the load; what wrk needs is kept in <paramref name="folder"/>.</summary>
    public static Func<TimeSpan, CancellationToken, Task<LoadResult>> At(BenchmarkRun run, string folder, params IReadOnlyList<int> ports) =>
        With(token: null, run, folder, ports);

    /// <summary>Gives the load to a server that asks for a token.</summary>
    public static Func<TimeSpan, CancellationToken, Task<LoadResult>> With(
        string? token, BenchmarkRun run, string folder, params IReadOnlyList<int> ports)
    {
        if (run.Options.UseWrk)
        {
            return new Wrk(ports, run.Options.Connections, run.Options.Entities, token, folder, run.Clock).RunAsync;
        }

        return (duration, cancellationToken) =>
        {
            var plan = new ClosedLoopPlan
            {
                Connections = run.Options.Connections,
                BatchSize = 0,
                Entities = run.Options.Entities,
                Duration = duration,
                Token = token,
            };
            return new ClosedLoop(ports, plan, run.Clock).RunAsync(cancellationToken);
        };
    }
}
