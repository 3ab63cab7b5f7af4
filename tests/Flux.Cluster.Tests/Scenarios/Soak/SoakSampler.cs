using System.Diagnostics;
using System.Globalization;
using Flux.Testing.Load;

namespace Flux.Cluster.Tests.Scenarios.Soak;

/// <summary>Follows the servers of a soak: publishes an event of its own a few times a second, and looks at the processes from outside.</summary>
internal sealed class SoakSampler(SoakTarget target, TimeSpan period)
{
    private static readonly TimeSpan ProbePause = TimeSpan.FromMilliseconds(100);

    private readonly List<SoakSample> _samples = [];

    public IReadOnlyList<SoakSample> Samples => _samples;

    /// <summary>Samples until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var client = new FluxClient("soak-probe", target.Addresses, target.Recorder, TimeProvider.System);
        var begun = TimeProvider.System.GetTimestamp();
        var latencies = new List<double>();
        var (last, position) = (begun, 0L);
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            var json = $$$"""{"entity_id":"lab/soak","properties":{"n":{{{number}}}}}""";
            var sent = OutgoingEvent.Create(string.Create(CultureInfo.InvariantCulture, $"soak-{number}"), "soak", json);
            var request = await client.PublishAsync(sent, CancellationToken.None);
            latencies.Add(Stopwatch.GetElapsedTime(request.Sent, request.Answered).TotalMilliseconds);
            position = request.Events[0].Position ?? position;
            if (TimeProvider.System.GetElapsedTime(last) >= period)
            {
                last = TimeProvider.System.GetTimestamp();
                _samples.Add(await TakeAsync(TimeProvider.System.GetElapsedTime(begun), latencies, position));
                latencies.Clear();
            }

            await Task.Delay(ProbePause, TimeProvider.System, CancellationToken.None);
        }
    }

    private async Task<SoakSample> TakeAsync(TimeSpan time, List<double> latencies, long position)
    {
        const double mebi = 1024 * 1024;
        latencies.Sort();
        var (memory, handles, threads) = (0L, 0, 0);
        foreach (var id in target.ProcessIds())
        {
            using var process = Process.GetProcessById(id);
            memory += process.WorkingSet64;
            threads += process.Threads.Count;
            handles += Directory.GetFiles(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/fd")).Length;
        }

        var log = await target.LogBytes();
        return new SoakSample(
            time.TotalMinutes, memory / mebi, handles, threads, log / mebi, (double)log / Math.Max(1, position), latencies[latencies.Count / 2], latencies[latencies.Count * 19 / 20]);
    }
}
