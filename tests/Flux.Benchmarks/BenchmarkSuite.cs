using System.Net.Sockets;
using Flux.Benchmarks.Suite;
using Npgsql;

namespace Flux.Benchmarks;

/// <summary>Runs benchmarks one after the other and reports each as soon as it is done.</summary>
internal static class BenchmarkSuite
{
    private static readonly IBenchmark[] All =
    [
        new IngestSingle(), new IngestBatch(), new IngestKeys(), new Push(), new FanOut(), new IdleSockets(), new Mixed(), new Reads(), new Recovery(), new Growth(), new Memory(),
        new AuthenticationCost(), new Predicates(), new Stalled(), new Filters(), new Replays(),
        new AsOf(), new PropertySeries(), new Paging(),
        new ClusterPush(), new ConsoleView(),

        // Lowers the priority of this program, which its children inherit: the last one.
        new Reconnect(),
    ];

    public static IEnumerable<string> Names => All.Select(one => one.Name);

    /// <returns>The process' exit code: 1 when a benchmark gave no figures, or a server wrote of an error.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyCollection<string> names, BenchmarkOptions options, string? jsonFile, CancellationToken cancellationToken)
    {
        var host = HostFacts.Gather(options.DataFolder);
        Console.WriteLine(
            $"{host.Processors} processors, {host.Runtime}, load average {host.LoadAverage:0.00}, fsync of 4 KiB in {options.DataFolder}: {host.FsyncMicroseconds:0} µs");
        var report = new Report();
        var run = new BenchmarkRun(options, report, TimeProvider.System);
        if (!options.UseWrk)
        {
            report.Remark("Single events are driven from this process instead of wrk; compare only with runs that did the same.");
        }

        foreach (var benchmark in All.Where(one => names.Count == 0 || names.Contains(one.Name)))
        {
            Console.WriteLine(benchmark.Name);
            try
            {
                await benchmark.RunAsync(run, cancellationToken);
            }
            catch (Exception e) when (e is BenchmarkException or IOException or SocketException or NpgsqlException or HttpRequestException)
            {
                // The others may still give figures.
                report.Fail($"{benchmark.Name} failed: {e.Message}");
            }

            report.Print(benchmark.Name, Console.Out);
        }

        if (report.Remarks.Count > 0)
        {
            Console.WriteLine("Remarks");
        }

        foreach (var remark in report.Remarks)
        {
            Console.WriteLine($"  {remark}");
        }

        if (jsonFile is not null)
        {
            await report.WriteJsonAsync(jsonFile, host, cancellationToken);
        }

        return report.HasFailed ? 1 : 0;
    }
}
