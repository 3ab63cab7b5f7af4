using Microsoft.Playwright;

namespace Flux.Benchmarks.Suite;

/// <summary>Whether the console's page of a large world is soon there, stays smooth while all of it changes, and stays as large as it is.</summary>
internal sealed class ConsoleView : IBenchmark
{
    private const int Views = 5;
    private const int ShownEntities = 200; // a page of the world
    private const int BatchSize = 100;
    private const int ChangesPerSecond = 2000;

    private const string CountFrames =
        """
        milliseconds => new Promise(done => {
          const start = performance.now();
          let frames = 0;
          const next = () => {
            frames++;
            const passed = performance.now() - start;
            passed < milliseconds ? requestAnimationFrame(next) : done(1000 * frames / passed);
          };
          requestAnimationFrame(next);
        })
        """;

    public string Name => "console";

    public async Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        if (ChromiumBinary.Path is null)
        {
            run.Report.Remark($"{Name} was left out: chromium is not installed.");
            return;
        }

        await using var flux = await run.StartFluxAsync(cancellationToken);
        var entities = run.Options.AsOfEntities;
        run.CheckFailures(Name, "filling", await World.FillAsync(flux.Port, entities, entities, run.Clock, cancellationToken));
        await ProjectionLag.MeasureAsync(flux.Port, Stopwatch.GetTimestamp(), run.Clock, cancellationToken);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = ChromiumBinary.Path, Args = ChromiumBinary.Arguments });
        var subject = string.Create(CultureInfo.InvariantCulture, $"{entities:N0} entities");
        var address = $"http://127.0.0.1:{flux.Port}/?prefix=";
        for (var view = 0; view <= Views; view++)
        {
            await using var context = await browser.NewContextAsync(); // with an empty cache
            var started = Stopwatch.GetTimestamp();
            await ShowAsync(await context.NewPageAsync(), address);
            if (view > 0) // the first one compiles what it runs
            {
                run.Report.Add(Name, subject, "first row after", "ms", Stopwatch.GetElapsedTime(started).TotalMilliseconds, "at most 1,500");
            }
        }

        await using var watching = await browser.NewContextAsync();
        await WatchAsync(run, flux, await ShowAsync(await watching.NewPageAsync(), address), subject, cancellationToken);
    }

    private static async Task<IPage> ShowAsync(IPage page, string address)
    {
        await page.GotoAsync(address);
        await page.Locator("tbody td.id").First.WaitForAsync();
        return page;
    }

    private async Task WatchAsync(BenchmarkRun run, FluxServer flux, IPage page, string subject, CancellationToken cancellationToken)
    {
        var devTools = await page.Context.NewCDPSessionAsync(page);
        await devTools.SendAsync("Performance.enable");
        var load = new OpenLoop(flux.Port, new OpenLoopPlan
        {
            RequestsPerSecond = (double)ChangesPerSecond / BatchSize,
            BatchSize = BatchSize,
            Entities = ShownEntities,
            Connections = 8,
            Duration = TimeSpan.FromHours(24),
        }, run.Clock);
        var sending = load.RunAsync(cancellationToken);
        await page.Locator(".changed").First.WaitForAsync();
        for (var round = 0; round < run.Options.Rounds; round++)
        {
            var frames = await page.EvaluateAsync<double>(CountFrames, run.Options.Round.TotalMilliseconds);
            var (heap, nodes) = await MeasurePageAsync(devTools);
            var resident = flux.Usage.ResidentBytes / 1024.0 / 1024.0;
            run.Report.Add(Name, subject, $"frames while {ChangesPerSecond:N0}/s change", "1/s", frames, "at least 30");
            run.Report.Add(Name, subject, "memory of the page", "MiB", heap, "flat");
            run.Report.Add(Name, subject, "nodes of the page", "", nodes, "flat");
            run.Report.Add(Name, subject, "memory of the server", "MiB", resident);
            run.Progress(string.Create(
                CultureInfo.InvariantCulture, $"round {round + 1}: {frames:0} frames/s, page {heap:0.0} MiB with {nodes:0} nodes, server {resident:0} MiB"));
        }

        load.Stop();
        var result = await sending;
        run.CheckFailures(Name, subject, result.Load);
        run.Report.Add(Name, subject, "changes", "1/s", result.Load.Events / result.Load.Elapsed.TotalSeconds);
    }

    /// <summary>What is in use after a collection.</summary>
    private static async Task<(double HeapMiB, double Nodes)> MeasurePageAsync(ICDPSession devTools)
    {
        await devTools.SendAsync("HeapProfiler.collectGarbage");
        var answer = (await devTools.SendAsync("Performance.getMetrics"))!.Value;
        var metrics = answer.GetProperty("metrics").EnumerateArray().ToDictionary(
            metric => metric.GetProperty("name").GetString()!, metric => metric.GetProperty("value").GetDouble(), StringComparer.Ordinal);
        return (metrics["JSHeapUsedSize"] / 1024 / 1024, metrics["Nodes"]);
    }
}
