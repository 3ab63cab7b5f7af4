namespace Flux.Benchmarks.Suite;

/// <summary>What a connected socket that nothing is sent to costs in the server's memory.</summary>
internal sealed class IdleSockets : IBenchmark
{
    private static readonly TimeSpan SettlingLimit = TimeSpan.FromSeconds(90);

    public string Name => "idle-sockets";

    public async Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        await using var flux = await run.StartFluxAsync(cancellationToken);

        // Code, buffers and pools that the first sockets bring along belong to no socket.
        using (var first = await OpenAsync(flux, count: 200, cancellationToken))
        {
            await first.WaitUntilAllHearAsync(flux.Port, run.Clock, cancellationToken);
        }

        var before = await SettleAsync(run, flux, cancellationToken);
        long after;
        using (var sockets = await OpenAsync(flux, run.Options.IdleSockets, cancellationToken))
        {
            run.Progress($"{sockets.Count} sockets are open");
            after = await SettleAsync(run, flux, cancellationToken);
            if (sockets.Ended.Count > 0)
            {
                run.Report.Remark($"{Name}: {string.Join("; ", sockets.Ended)}");
            }
        }

        var closed = await SettleAsync(run, flux, cancellationToken);
        var subject = string.Create(CultureInfo.InvariantCulture, $"{run.Options.IdleSockets} sockets");
        run.Report.Add(Name, subject, "memory per socket", "B", (double)(after - before) / run.Options.IdleSockets, "at most 10,240");
        run.Report.Add(Name, subject, "memory before", "MiB", MiB(before));
        run.Report.Add(Name, subject, "memory with sockets", "MiB", MiB(after));
        run.Report.Add(Name, subject, "memory after closing", "MiB", MiB(closed));
    }

    private static double MiB(long bytes) => bytes / 1024.0 / 1024.0;

    private static Task<SocketGroup> OpenAsync(FluxServer flux, int count, CancellationToken cancellationToken) =>
        SocketGroup.OpenAsync(
            flux.Port, SocketPlan.ToAll(SubscriptionProtocol.Classic, count, bufferSize: 2048, measuredEvery: 0), cancellationToken);

    private static Task<long> SettleAsync(BenchmarkRun run, FluxServer flux, CancellationToken cancellationToken) =>
        Settling.WaitForStableMemoryAsync(flux.ProcessId, SettlingLimit, run.Clock, cancellationToken);
}
