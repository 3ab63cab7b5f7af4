using System.Collections.Concurrent;
using System.Globalization;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.Subscriptions;

namespace Flux.Cluster.Tests.Scenarios.Subscriptions;

/// <summary>Writers and subscribers of all kinds over one history, and what the checker says about each subscriber.</summary>
internal sealed class SubscriptionRun : IAsyncDisposable
{
    // A guard against hanging, and no target.
    private static readonly TimeSpan QuiesceLimit = TimeSpan.FromSeconds(60);

    private readonly List<RecordedSubscriber> _subscribers = [];
    private readonly CancellationTokenSource _stopLoad = new();
    private readonly SubscriptionTrial _trial;
    private readonly IReadOnlyList<Uri> _addresses;
    private readonly HistoryRecorder _recorder;
    private readonly string _directory;

    public SubscriptionRun(SubscriptionTrial trial, IReadOnlyList<Uri> addresses, HistoryRecorder recorder)
    {
        (_trial, _addresses, _recorder) = (trial, addresses, recorder);
        _directory = Path.Combine(recorder.Directory, "subscribers");
        Directory.CreateDirectory(_directory);
        Load = new WorldLoad(
            addresses,
            new LoadOptions
            {
                Writers = trial.Writers,
                Entities = trial.Entities,
                Namespaces = SubscriberPlans.Namespaces,
                Pause = trial.Pause,
                Properties = SubscriberPlans.Properties,
                Seed = trial.Seed,
            },
            recorder,
            TimeProvider.System);
    }

    public WorldLoad Load { get; }

    /// <summary>Gets the number of classic subscribers: one in ten.</summary>
    public int Classic => _trial.Subscribers / 10;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Sets all entities once, begins all subscribers and the load, and does harm at even distances until the time is over.</summary>
    public async Task LastAsync(IReadOnlyList<Func<Task>> harms)
    {
        await Load.PreloadAsync(Cancellation);
        for (var number = 0; number < _trial.Subscribers - Classic; number++)
        {
            var lender = _subscribers.Find(s => s.About.Progress && s.About.Protocol == SubscriptionProtocol.Socket);
            _subscribers.Add(new RecordedSubscriber(
                SubscriberPlans.Describe(number, Load), SubscriberPlans.Behave(number, _trial, lender), _addresses, _directory, TimeProvider.System));
        }

        var writing = Load.RunAsync(_stopLoad.Token, Cancellation);
        var pause = _trial.Duration / (harms.Count + 1);
        await Task.Delay(pause, TimeProvider.System, Cancellation);
        for (var i = 0; i < harms.Count; i++)
        {
            await harms[i]();
            await Task.Delay(pause, TimeProvider.System, Cancellation);
        }

        await _stopLoad.CancelAsync();
        await writing;
    }

    /// <summary>Waits until each subscriber has all that it should have, up to the head, and ends them.</summary>
    /// <param name="dump">Dumps the log as it is now.</param>
    public async Task QuiesceAsync(Func<HistoryRecorder, Task> dump)
    {
        var log = await DumpAsync(dump);
        foreach (var subscriber in _subscribers)
        {
            await subscriber.CalmAsync();
        }

        var started = TimeProvider.System.GetTimestamp();
        foreach (var subscriber in _subscribers)
        {
            var last = new ExpectedChanges(subscriber.About, log).Last;
            var left = QuiesceLimit - TimeProvider.System.GetElapsedTime(started);
            if (!await subscriber.ReachAsync(last, left > TimeSpan.Zero ? left : TimeSpan.Zero, Cancellation))
            {
                Scenario.Print($"{subscriber.About} never reached {last}{(subscriber.Failure is { } e ? $": {e}" : string.Empty)}");
            }
        }

        Scenario.Print(string.Create(
            CultureInfo.InvariantCulture, $"all had everything {TimeProvider.System.GetElapsedTime(started).TotalSeconds:F1} s after the last write; the log ends at {log.Head}"));
        foreach (var subscriber in _subscribers)
        {
            subscriber.Quiesce(log.Head);
            await subscriber.CloseAsync();
        }
    }

    /// <summary>Has every subscriber judged, and one of them once more without one of its frames, which must be seen.</summary>
    public SubscriptionTotals Judge()
    {
        _recorder.Flush();
        var log = WorldLog.Load(_recorder.Directory);
        var proved = HistoryReader.Read(_recorder.Directory, HistoryFiles.Faults, HistoryJson.Default.FaultRecord)
            .Select(f => f.Record).Where(f => f.Proof is not null).ToList();
        var reports = new ConcurrentBag<SubscriptionReport>();
        Parallel.ForEach(_subscribers, s => reports.Add(SubscriptionChecker.Check(s.About, log, SubscriptionFile.Read(s.File.Path), proved)));

        var red = reports.Where(r => !r.IsClean || !r.Totals.IsWhole).OrderBy(r => r.Subscription.Name, StringComparer.Ordinal).ToList();
        var totals = SubscriptionTotals.Sum([.. reports.Select(r => r.Totals)]);
        Scenario.Print($"{reports.Count} subscribers, {red.Count} red, over {log.Head} rows: {totals}");
        if (red.Count > 0)
        {
            KeepOnly(red);
            Assert.Fail($"{red.Count} of {reports.Count} subscribers did not get what the log has:\n{string.Join('\n', red)}");
        }

        LeaveOneOut(log, proved);
        return totals;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopLoad.CancelAsync();
        foreach (var subscriber in _subscribers)
        {
            await subscriber.DisposeAsync();
        }

        _stopLoad.Dispose();
    }

    private static bool IsChange(SubscriptionRecord record) =>
        record is SubscriptionRecord.Received received && SubscriptionFrame.TryRead(received.Raw) is { Change: not null, Cursor: not null };

    // A frame that came again later, because the subscriber went back on purpose, would not be missed.
    private void LeaveOneOut(WorldLog log, IReadOnlyList<FaultRecord> proved)
    {
        var subscriber = _subscribers.First(s => s.About is { Predicate: null, Slow: SlowReading.CatchUp, Protocol: SubscriptionProtocol.Socket });
        var records = SubscriptionFile.Read(subscriber.File.Path).ToList();
        var opened = records.FindLastIndex(r => r is SubscriptionRecord.Opened);
        var left = Enumerable.Range(opened, records.Count - opened).Last(i => IsChange(records[i]));
        records.RemoveAt(left);

        Assert.True(SubscriptionChecker.Check(subscriber.About, log, records, proved)[SubscriptionFault.Gap] == 1, $"a frame less of {subscriber.About} was not seen");
    }

    // The evidence of a red run is kept; what others received without a fault would make most of it.
    private void KeepOnly(IReadOnlyCollection<SubscriptionReport> red)
    {
        foreach (var subscriber in _subscribers.Where(s => !red.Any(r => r.Subscription == s.About)))
        {
            File.Delete(subscriber.File.Path);
        }

        Scenario.Print($"the history is kept in {HistoryJudge.Keep(_recorder, () => null)}");
    }

    private static async Task<WorldLog> DumpAsync(Func<HistoryRecorder, Task> dump)
    {
        using var directory = new Flux.Testing.Processes.TemporaryDirectory();
        await using (var recorder = new HistoryRecorder(directory.Path))
        {
            await dump(recorder);
        }

        return WorldLog.Load(directory.Path);
    }
}
