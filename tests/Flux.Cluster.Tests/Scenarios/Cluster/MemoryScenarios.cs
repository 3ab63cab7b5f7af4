using Flux.Testing.Cluster;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.PostgreSql;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>Silos get less memory than what they are asked to hold (fault model F14).</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class MemoryScenarios(SharedPostgreSql postgreSql)
{
    // A silo needs about 60 MiB of heap for itself and the load; so many large events at once are more than the rest.
    private const string HeapLimit = "0x8000000"; // 128 MiB
    private const int LargeWriters = 48;
    private const int LargeBytes = 1_000_000;

    private static readonly FluxClusterOptions Options = new()
    {
        Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["DOTNET_GCHeapHardLimit"] = HeapLimit },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F14_a_silo_without_memory_ends_and_starts_anew_and_nothing_acknowledged_is_lost()
    {
        FaultSet.NeedsAll();
        await using var scenario = await ClusterScenario.StartAsync("F14", postgreSql, Options);
        await scenario.BeginAsync();
        var fault = scenario.Recorder.AnnounceFault("out of memory", $"{LargeWriters} writers of {LargeBytes} bytes to one silo with {HeapLimit} bytes of heap", FaultRecord.AllNodes);
        var victim = scenario.Cluster.Members[1];
        using var stop = new CancellationTokenSource(FaultSet.Seconds(shortSet: 10, full: 30), TimeProvider.System);

        var answers = await Task.WhenAll(Enumerable.Range(0, LargeWriters).Select(WriteAsync));
        var statuses = answers.SelectMany(s => s).CountBy(s => s).OrderBy(s => s.Key).ToList();

        var healed = HistoryRecorder.Now();
        Assert.DoesNotContain(statuses, s => s.Key == 500); // no limping
        await Task.WhenAll(scenario.Cluster.Members.Select(m => m.WaitUntilReadyAsync(Cancellation)));
        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(healed), "none");
        var deaths = scenario.Cluster.Evictions;
        if (deaths > 0 && scenario.Cluster.Output.Contains("out of memory", StringComparison.OrdinalIgnoreCase))
        {
            scenario.Recorder.ProveFault(fault, $"silos ended {deaths} times, and said that they were out of memory");
        }

        scenario.Row.Measure("silos that ended and started anew", $"{deaths}", "no limping");
        scenario.Row.Measure("answers to the large events", string.Join(", ", statuses.Select(s => $"{s.Value} × {s.Key}")), "200, 503 or none");
        scenario.Row.Measure("longest outage of a client", scenario.Timeline().LongestOutage(scenario.CleanUntil), "≤ 15 s for each entity");

        // Who sends the large events asks once: again, they would be the next fault.
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, UnsettledUnknowns = int.MaxValue, Frames = 1_000 }, hasPast: false);

        async Task<List<int>> WriteAsync(int writer)
        {
            using var client = scenario.Client($"large-{writer}", victim);
            var seen = new List<int>();
            var text = new string('x', LargeBytes);
            while (!stop.IsCancellationRequested)
            {
                var answer = await client.TryPublishAsync(
                    OutgoingEvent.Create($"large-{writer}-{seen.Count}", "large", $$$"""{"entity_id":"large/e{{{writer}}}","properties":{"v":"{{{text}}}"}}"""), Cancellation);
                seen.Add(answer.Status);
                if (answer.Status != 200)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
                }
            }

            return seen;
        }
    }
}
