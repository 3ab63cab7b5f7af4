using System.Collections.Concurrent;
using System.Globalization;
using Flux.Testing.History;
using Flux.Testing.Subscriptions;

namespace Flux.Cluster.Tests.Scenarios.Subscriptions;

/// <summary>Subscribers over one history, and what the checker says about each.</summary>
internal sealed class SubscriberGroup : IAsyncDisposable
{
    // A guard against hanging, and no target.
    private static readonly TimeSpan QuiesceLimit = TimeSpan.FromSeconds(60);

    // So many are asked for all of it again: one that is led along the log costs the server what many on the live path cost.
    private const int AskedAgain = 3;

    private readonly List<RecordedSubscriber> _subscribers = [];
    private readonly List<(RecordedSubscriber Subscriber, IReadOnlyList<Uri> Addresses)> _whole = [];
    private readonly HistoryRecorder _recorder;
    private readonly string _directory;

    public SubscriberGroup(HistoryRecorder recorder)
    {
        _recorder = recorder;
        _directory = Path.Combine(recorder.Directory, "subscribers");
        Directory.CreateDirectory(_directory);
    }

    public IReadOnlyList<RecordedSubscriber> Subscribers => _subscribers;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Adds a subscriber whose records are in a file beside the history, or in memory.</summary>
    public RecordedSubscriber Add(SubscriptionDescription about, SubscriberManners manners, IReadOnlyList<Uri> addresses, bool inMemory = false)
    {
        ISubscriptionRecords records = inMemory ? new SubscriptionMemory() : new SubscriptionFile(PathOf(about));
        var subscriber = new RecordedSubscriber(about, manners, addresses, records, TimeProvider.System);
        _subscribers.Add(subscriber);
        if (about is { Slow: SlowReading.CatchUp, Protocol: SubscriptionProtocol.Socket }
            && manners is { First.Position: 0, Again: ComingBack.AtItsCursor, Lender: null })
        {
            _whole.Add((subscriber, addresses)); // has all from the first position on, in one piece
        }

        return subscriber;
    }

    /// <summary>Waits until each subscriber has all that it should have, up to the head, and ends them. Ingest must have stopped.</summary>
    /// <param name="dump">Dumps the log as it is now.</param>
    /// <param name="limit">How long they may take, when the usual minute is too short for what was written.</param>
    public async Task QuiesceAsync(Func<HistoryRecorder, Task> dump, TimeSpan? limit = null)
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
            var left = (limit ?? QuiesceLimit) - TimeProvider.System.GetElapsedTime(started);
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

        foreach (var (subscriber, addresses) in _whole.Take(AskedAgain))
        {
            await AskAgainAsync(subscriber, addresses, log, limit ?? QuiesceLimit);
        }
    }

    /// <summary>Reads the whole log and the times of its writes, once the history has them.</summary>
    public WorldLog ReadLog()
    {
        _recorder.Flush();
        return WorldLog.Load(_recorder.Directory);
    }

    /// <summary>Has every subscriber judged, and one of them once more without one of its frames, which must be seen.</summary>
    public SubscriptionTotals Judge(WorldLog log)
    {
        var faults = HistoryChecker.LoadFaults(_recorder.Directory, invalid: []).Faults;
        var reports = new ConcurrentBag<SubscriptionReport>();
        Parallel.ForEach(_subscribers, s => reports.Add(SubscriptionChecker.Check(s.About, log, s.Records.Read(), faults)));

        var red = reports.Where(r => !r.IsClean || !r.Totals.IsWhole).OrderBy(r => r.Subscription.Name, StringComparer.Ordinal).ToList();
        var totals = SubscriptionTotals.Sum([.. reports.Select(r => r.Totals)]);
        Scenario.Print($"{reports.Count} subscribers, {red.Count} red, over {log.Head} rows: {totals}");
        if (red.Count > 0)
        {
            Assert.Fail($"{red.Count} of {reports.Count} subscribers did not get what the log has; the history is kept in {Keep(red)}:\n{string.Join('\n', red)}");
        }

        LeaveOneOut(log, faults);
        return totals;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var subscriber in _subscribers)
        {
            await subscriber.DisposeAsync();
        }
    }

    // What a subscription got while it happened, and what it gets now: the checker compares them.
    private async Task AskAgainAsync(RecordedSubscriber live, IReadOnlyList<Uri> addresses, WorldLog log, TimeSpan limit)
    {
        using var memory = new SubscriptionMemory();
        await using var again = new RecordedSubscriber(live.About, new SubscriberManners { First = SubscriptionStart.At(0) }, addresses, memory, TimeProvider.System);
        var last = new ExpectedChanges(live.About, log).Last;
        Assert.True(await again.ReachAsync(last, limit, Cancellation), $"{live.About}, asked again, never reached {last}");
        await again.CloseAsync();
        foreach (var (subscriber, isReplay) in ((RecordedSubscriber, bool)[])[(live, false), (again, true)])
        {
            foreach (var received in subscriber.Records.Read().Where(IsChange).Cast<SubscriptionRecord.Received>())
            {
                _recorder.Add(new ReplayRecord { Subscription = live.About.Name, IsReplay = isReplay, Raw = received.Raw });
            }
        }
    }

    private static bool IsChange(SubscriptionRecord record) =>
        record is SubscriptionRecord.Received received && SubscriptionFrame.TryRead(received.Raw) is { Change: not null, Cursor: not null };

    private static async Task<WorldLog> DumpAsync(Func<HistoryRecorder, Task> dump)
    {
        using var directory = new Flux.Testing.Processes.TemporaryDirectory();
        await using (var recorder = new HistoryRecorder(directory.Path))
        {
            await dump(recorder);
        }

        return WorldLog.Load(directory.Path);
    }

    // The last change of all: one that came again, because the subscriber went back on purpose, would not be missed.
    private void LeaveOneOut(WorldLog log, IReadOnlyList<(FaultRecord Announced, FaultRecord Proved)> faults)
    {
        foreach (var subscriber in _subscribers.Where(s => s.About is { Predicate: null, Slow: SlowReading.CatchUp, Protocol: SubscriptionProtocol.Socket }))
        {
            var records = subscriber.Records.Read().ToList();
            var opened = records.FindLastIndex(r => r is SubscriptionRecord.Opened);
            if (opened >= 0 && Enumerable.Range(opened, records.Count - opened).LastOrDefault(i => IsChange(records[i])) is > 0 and var last)
            {
                records.RemoveAt(last);
                Assert.True(SubscriptionChecker.Check(subscriber.About, log, records, faults)[SubscriptionFault.Gap] == 1, $"a frame less of {subscriber.About} was not seen");
                return;
            }
        }

        Assert.Fail("no subscriber has a frame that could be taken from it");
    }

    // What others received without a fault would make most of the evidence.
    private string Keep(IReadOnlyCollection<SubscriptionReport> red)
    {
        foreach (var subscriber in _subscribers)
        {
            var isRed = red.Any(r => r.Subscription == subscriber.About);
            if (!isRed)
            {
                File.Delete(PathOf(subscriber.About));
            }
            else if (subscriber.Records is SubscriptionMemory memory)
            {
                using var file = new SubscriptionFile(PathOf(subscriber.About));
                memory.Read().ToList().ForEach(file.Add);
            }
        }

        return HistoryJudge.Keep(_recorder, serverOutput: null);
    }

    private string PathOf(SubscriptionDescription about) => Path.Combine(_directory, $"{about.Name}.tsv");
}
