namespace Flux.Benchmarks.Suite;

/// <summary>What a client that never reads costs the others, in time, and the server, in memory.</summary>
internal sealed class Stalled : IBenchmark
{
    private const int Readers = 200;
    private const int EventsPerSecond = 200;
    private const string RatioGoal = "at most 1.3";
    private const string MemoryGoal = "below 1 MiB";

    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(10);

    public string Name => "stalled";

    public async Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        foreach (var mode in StalledMode.All)
        {
            var managementPort = FreePort.Next();
            var settings = new Dictionary<string, string>
            {
                ["FLUX_MANAGEMENT_PORT"] = managementPort.ToString(CultureInfo.InvariantCulture),
            };
            await using var flux = await run.StartFluxAsync(settings, cancellationToken);
            run.Progress($"{mode.Name}: warm-up");
            await MeasureAsync(run, flux, managementPort, mode, isStalled: true, isCounted: false, cancellationToken);
            for (var round = 0; round < run.Options.Rounds; round++)
            {
                await MeasurePairAsync(run, flux, managementPort, mode, beginsStalled: round % 2 == 1, cancellationToken);
            }
        }
    }

    private static double MiB(long bytes) => bytes / 1024.0 / 1024.0;

    private static string Subject(StalledMode mode, bool isStalled) => $"{mode.Name}, {(isStalled ? "with one stalled" : "without")}";

    private async Task MeasurePairAsync(
        BenchmarkRun run, FluxServer flux, int managementPort, StalledMode mode, bool beginsStalled, CancellationToken cancellationToken)
    {
        var first = await MeasureAsync(run, flux, managementPort, mode, beginsStalled, isCounted: true, cancellationToken);
        var second = await MeasureAsync(run, flux, managementPort, mode, !beginsStalled, isCounted: true, cancellationToken);
        var (with, without) = beginsStalled ? (first, second) : (second, first);
        var subject = $"{mode.Name}, with / without";
        run.Report.Add(Name, subject, "POST to frame p99 ratio", "", with.Latency.P99 / without.Latency.P99, RatioGoal);
        run.Report.Add(Name, subject, "POST to frame p50 ratio", "", with.Latency.P50 / without.Latency.P50);
        run.Report.Add(Name, subject, "managed heap more", "MiB", MiB(with.HeapBytes - without.HeapBytes), MemoryGoal);
        run.Report.Add(Name, subject, "resident memory more", "MiB", MiB(with.ResidentBytes - without.ResidentBytes));
        run.Progress(string.Create(
            CultureInfo.InvariantCulture,
            $"{mode.Name}: p99 {without.Latency.P99:0.00} ms without, {with.Latency.P99:0.00} ms with; heap {MiB(with.HeapBytes - without.HeapBytes):+0.00;-0.00} MiB"));
    }

    private async Task<StalledFigures> MeasureAsync(
        BenchmarkRun run, FluxServer flux, int managementPort, StalledMode mode, bool isStalled, bool isCounted, CancellationToken cancellationToken)
    {
        await using var stalled = isStalled
            ? await StalledSocket.OpenAsync(flux.Port, mode.Protocol, mode.Message, run.Clock, cancellationToken)
            : null;
        await ProduceAsync(run, flux, mode, cancellationToken);
        await Settling.WaitForIdleAsync(flux.ProcessId, IdleLimit, run.Clock, cancellationToken);
        var lagging = (await ServerMetrics.ReadAsync(managementPort, cancellationToken)).Lagging;
        if (lagging != (isStalled && mode.Stays ? 1 : 0))
        {
            run.Report.Remark($"{Name}, {Subject(mode, isStalled)}: {lagging:0} sockets are behind.");
        }

        var heap = await ManagedHeap.CollectAsync(flux.ProcessId, managementPort, run.Clock, cancellationToken);
        var resident = flux.Usage.ResidentBytes;
        var latency = await PushAsync(run, flux, mode, isStalled, isCounted, cancellationToken);
        if (isCounted)
        {
            run.Report.AddLatency(Name, Subject(mode, isStalled), "POST to frame", latency);
            run.Report.Add(Name, Subject(mode, isStalled), "managed heap", "MiB", MiB(heap));
            run.Report.Add(Name, Subject(mode, isStalled), "resident memory", "MiB", MiB(resident));
        }

        return new StalledFigures(latency, heap, resident);
    }

    /// <summary>Sends far more than may wait for a socket; one reader takes all of it, so that frames are made for those who listen in either case.</summary>
    private static async Task ProduceAsync(BenchmarkRun run, FluxServer flux, StalledMode mode, CancellationToken cancellationToken)
    {
        using var reader = await OpenAsync(run, flux, mode, count: 1, cancellationToken);
        var plan = new ClosedLoopPlan
        {
            Connections = 4,
            BatchSize = 50,
            Entities = 1000,
            TotalEvents = run.Options.StalledEvents,
            Shape = EventShape.Kilobyte,
        };
        var result = await new ClosedLoop([flux.Port], plan, run.Clock).RunAsync(cancellationToken);
        if (result.Failures > 0)
        {
            throw new BenchmarkException($"{result.Failures} batches failed.");
        }

        await reader.WaitUntilQuietAsync(run.Clock, cancellationToken);
    }

    private static Task<SocketGroup> OpenAsync(BenchmarkRun run, FluxServer flux, StalledMode mode, int count, CancellationToken cancellationToken) =>
        SocketGroup.OpenHeardAsync(
            flux.Port, SocketPlan.ToAll(mode.Protocol, count, bufferSize: 32 * 1024, measuredEvery: 10), flux.Port, run.Clock, cancellationToken);

    private async Task<LatencySummary> PushAsync(
        BenchmarkRun run, FluxServer flux, StalledMode mode, bool isStalled, bool isCounted, CancellationToken cancellationToken)
    {
        using var sockets = await OpenAsync(run, flux, mode, Readers, cancellationToken);
        var warm = new OpenLoopPlan { RequestsPerSecond = EventsPerSecond, Duration = TimeSpan.FromSeconds(1), Connections = 16 };
        await new OpenLoop(flux.Port, warm, run.Clock).RunAsync(cancellationToken);
        await sockets.WaitUntilQuietAsync(run.Clock, cancellationToken);
        var before = sockets.Updates;
        sockets.MeasureFrom(Stamp.Now());
        var result = await new OpenLoop(flux.Port, warm with { Duration = run.Options.Round }, run.Clock).RunAsync(cancellationToken);
        var expected = before + (result.Load.Events * sockets.Count);
        await sockets.WaitForAsync(expected, run.Clock, cancellationToken);
        if (isCounted)
        {
            run.CheckFailures(Name, Subject(mode, isStalled), result.Load);
            run.CheckLateness(Name, Subject(mode, isStalled), result.Lateness);
            run.Report.Add(Name, Subject(mode, isStalled), "frames lost", "", expected - sockets.Updates);
        }

        return sockets.Latencies().Summarize();
    }
}
