namespace Flux.Benchmarks.Suite;

/// <summary>Drives single events, with wrk where it is there; connections are spread over the ports.</summary>
internal static class SingleEvents
{
    /// <summary>Gives what drives; what wrk needs is kept in <paramref name="folder"/>.</summary>
    public static Func<TimeSpan, CancellationToken, Task<LoadResult>> At(BenchmarkRun run, string folder, SingleLoad load, params IReadOnlyList<int> ports)
    {
        if (run.Options.UseWrk)
        {
            return new Wrk(ports, load, folder, run.Clock).RunAsync;
        }

        return (duration, cancellationToken) => new ClosedLoop(ports, load.ToPlan(duration), run.Clock).RunAsync(cancellationToken);
    }
}
