using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.Processes;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>The disk is slow to flush, or fails to (fault model F26, F27, embedded).</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class FlushScenarios
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F26_slow_flushes_make_larger_commits_and_lose_nothing()
    {
        FaultSet.NeedsAll();
        await using var scenario = Begin("F26");
        await scenario.StartAsync();
        var load = scenario.Load(new LoadOptions { Writers = 16, Entities = 200, Seed = Seed.Value });
        await load.PreloadAsync(Cancellation);
        using var stop = new CancellationTokenSource();
        var writing = load.RunAsync(stop.Token, Cancellation);
        await load.WaitForAsync(200, Cancellation);

        var announced = scenario.Recorder.AnnounceFault("slow flush", "200 ms each");
        await using var slow = await FlushFault.DelayAsync([scenario.Server.Id], TimeSpan.FromMilliseconds(200), Cancellation);
        var (from, before) = (HistoryRecorder.Now(), load.Settled);
        await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 8, full: 30));
        var (until, steps) = (HistoryRecorder.Now(), load.Settled - before);
        var met = await slow.EndAsync();
        if (met > 0)
        {
            scenario.Recorder.ProveFault(announced, $"{met} flushes were held back");
        }

        await load.WaitForAsync(200, Cancellation);
        await stop.CancelAsync();
        await writing;
        var timeline = scenario.Timeline();
        scenario.Row!.Measure("median of requests meanwhile", timeline.Percentile(50, from, until), "a flush of 0.2 s or two");
        scenario.Row.Measure("steps of 16 writers for each flush", $"{(double)steps / met:F1}", "more than one: commits grow");
        Assert.True(timeline.Percentile(50, from, until) > TimeSpan.FromMilliseconds(100), "acknowledgements did not wait for the flush");
        await scenario.FinishAsync(new HistoryThresholds { Acked = 500, SettledUnknowns = 0 });
    }

    [Fact]
    public async Task F27_what_could_not_be_flushed_is_not_acknowledged_and_the_store_recovers()
    {
        FaultSet.NeedsShort();
        await using var scenario = Begin("F27");
        await scenario.StartAsync();
        var load = scenario.Load(new LoadOptions { Writers = 8, Entities = 100, Pause = TimeSpan.FromMilliseconds(10), Seed = Seed.Value });
        await load.PreloadAsync(Cancellation);
        using var stop = new CancellationTokenSource();
        var writing = load.RunAsync(stop.Token, Cancellation);
        await load.WaitForAsync(200, Cancellation);

        var announced = scenario.Recorder.AnnounceFault("failing flush", "EIO");
        await using var failing = await FlushFault.FailAsync([scenario.Server.Id], Cancellation);
        await failing.WaitForHitAsync(Cancellation);
        var from = HistoryRecorder.Now();
        await ClusterScenario.LastAsync(TimeSpan.FromSeconds(5));
        var until = HistoryRecorder.Now();
        var met = await failing.EndAsync();
        if (met > 0)
        {
            scenario.Recorder.ProveFault(announced, $"{met} flushes failed");
        }

        var healed = HistoryRecorder.Now();
        await load.WaitForAsync(200, Cancellation);
        await stop.CancelAsync();
        await writing;
        var timeline = scenario.Timeline();
        scenario.Row!.Measure("answers meanwhile", timeline.Failures(from, until), "503, none acknowledged but repetitions");
        scenario.Row.Measure("first served after", timeline.FirstServedAfter(healed), "≤ 5 s");
        await scenario.FinishAsync(new HistoryThresholds { Acked = 500, SettledUnknowns = 0 });
        AssertNothingAcknowledged(scenario.Recorder, from, until);
    }

    /// <summary>Asserts that nothing was acknowledged between two times but what had been before.</summary>
    internal static void AssertNothingAcknowledged(HistoryRecorder recorder, long from, long until)
    {
        var fresh = HistoryReader.Read(recorder.Directory, HistoryFiles.Requests, HistoryJson.Default.RequestRecord)
            .Where(r => r.Record.Sent > from && r.Record.Answered < until).SelectMany(r => r.Record.Events).Count(e => e is { Position: not null, Duplicate: false });
        Assert.Equal(0, fresh);
    }

    private static Scenario Begin(string row)
    {
        Assert.SkipWhen(FlushFault.WhyMissing is not null, FlushFault.WhyMissing ?? string.Empty);
        return new Scenario { Row = new FaultRow(row) };
    }
}
