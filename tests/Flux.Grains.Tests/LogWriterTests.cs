using System.Diagnostics.Metrics;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.EventLog;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Flux.Grains.Tests;

public sealed class LogWriterTests : IAsyncDisposable
{
    private readonly ScriptedEventLog _log = new();
    private readonly OpenGate _gate = new();
    private readonly RecordingListener _listener = new();
    private readonly LogWriterOptions _options = new();
    private readonly TaskCompletionSource _hold = new();
    private readonly FakeTimeProvider _time = new();
    private readonly EntityKey _key = Bulbs.NewKey();
    private LogWriter? _writer;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private LogWriter Writer => _writer ??= new LogWriter(
        _log, [_listener], _gate, Options.Create(_options), new LogInstruments(new Meter("tests")), _time, NullLogger<LogWriter>.Instance);

    public async ValueTask DisposeAsync()
    {
        _hold.TrySetResult();
        await Writer.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task What_arrives_while_a_commit_is_in_flight_is_the_next_commit()
    {
        _log.Next(gate: _hold.Task);
        Writer.Start();
        var first = Append(1);
        await _log.CalledAsync(times: 1, Token);

        Task<AppendResult>[] rest = [Append(2), Append(3), Append(4)];
        _hold.SetResult();
        await Task.WhenAll([first, .. rest]).WaitAsync(Token);

        Assert.Equal([1, 3], _log.Calls.Select(c => c.Length));
        Assert.Equal([1, 2, 3, 4], _log.Recorded.Select(e => e.Version));
    }

    [Fact]
    public async Task What_waits_in_a_run_of_which_one_is_refused_is_not_recorded()
    {
        _options.MaxWaitingEvents = 1;
        _log.Next(gate: _hold.Task);
        Writer.Start();
        var run = new AppendRun();
        var first = Append(1, run);
        await _log.CalledAsync(times: 1, Token);
        var waiting = Append(2, run);

        Assert.Throws<EventLogUnavailableException>(() => { _ = Append(3, run); });
        _hold.SetResult();

        Assert.IsType<AppendResult.Appended>(await first.WaitAsync(Token));
        Assert.IsType<AppendResult.Behind>(await waiting.WaitAsync(Token));
    }

    [Fact]
    public async Task A_commit_ends_at_its_most_events()
    {
        _options.MaxCommitEvents = 2;
        Task<AppendResult>[] appends = [Append(1), Append(2), Append(3), Append(4), Append(5)];

        Writer.Start();
        await Task.WhenAll(appends).WaitAsync(Token);

        Assert.Equal([2, 2, 1], _log.Calls.Select(c => c.Length));
    }

    [Fact]
    public async Task A_commit_ends_at_its_most_bytes_but_never_before_its_first_event()
    {
        _options.MaxCommitBytes = 1;
        Task<AppendResult>[] appends = [Append(1), Append(2), Append(3)];

        Writer.Start();
        await Task.WhenAll(appends).WaitAsync(Token);

        Assert.Equal([1, 1, 1], _log.Calls.Select(c => c.Length));
    }

    [Fact]
    public async Task Listeners_hear_of_commits_in_order_and_before_the_sender_does()
    {
        var answered = new List<bool>();
        var appends = new List<Task<AppendResult>>();
        _options.MaxCommitEvents = 2;
        _listener.Heeding = batch => answered.Add(appends[(int)batch.First.Value - 1].IsCompleted);
        appends.AddRange([Append(1), Append(2), Append(3), Append(4)]);

        Writer.Start();
        await Task.WhenAll(appends).WaitAsync(Token);

        Assert.Equal([1, 3], _listener.Heard.Select(b => b.First.Value));
        Assert.Equal([2, 4], _listener.Heard.Select(b => b.Last.Value));
        Assert.Equal([false, false], answered);
    }

    [Fact]
    public async Task Listeners_hear_only_of_what_was_recorded()
    {
        Task<AppendResult>[] appends = [Append(1), Append(5), Append(6)];

        Writer.Start();
        var results = await Task.WhenAll(appends).WaitAsync(Token);

        Assert.IsType<AppendResult.Appended>(results[0]);
        Assert.IsType<AppendResult.VersionConflict>(results[1]);
        Assert.IsType<AppendResult.Behind>(results[2]);
        Assert.Single(Assert.Single(_listener.Heard).Events);
    }

    [Fact]
    public async Task What_is_queued_behind_a_failure_in_its_run_is_refused_and_other_runs_go_on()
    {
        var (run, other) = (new AppendRun(), new AppendRun());
        var otherKey = Bulbs.NewKey();
        _log.Next(gate: _hold.Task, before: new EventLogUnavailableException("down"));
        Writer.Start();
        var failing = Append(1, run);
        await _log.CalledAsync(times: 1, Token);

        var behind = Append(2, run);
        var beside = Writer.AppendAsync(Item(otherKey, version: 1), other);
        _hold.SetResult();

        await Assert.ThrowsAsync<EventLogUnavailableException>(() => failing.WaitAsync(Token));
        Assert.IsType<AppendResult.Behind>(await behind.WaitAsync(Token));
        Assert.IsType<AppendResult.Appended>(await beside.WaitAsync(Token));
        Assert.True(run.IsBroken);
        Assert.False(other.IsBroken);
    }

    [Fact]
    public async Task A_refused_event_breaks_its_run_before_its_sender_hears()
    {
        var run = new AppendRun();
        var wasBroken = Append(7, run).ContinueWith(_ => run.IsBroken, Token, TaskContinuationOptions.None, TaskScheduler.Default);

        Writer.Start();

        Assert.True(await wasBroken.WaitAsync(Token));
    }

    [Fact]
    public async Task Each_kind_of_failure_reaches_every_sender_of_the_commit_as_it_is()
    {
        foreach (var failure in new Exception[] { new EventLogUnavailableException("x"), new AppendOutcomeUnknownException("x"), new StorageFullException("x", new IOException()) })
        {
            _log.Next(before: failure);
        }

        _options.MaxCommitEvents = 2;
        Task<AppendResult>[] appends = [Append(1), Append(2), Append(3), Append(4), Append(5), Append(6)];
        Writer.Start();

        Assert.All(await KindsAsync(appends[..2]), kind => Assert.Equal(typeof(EventLogUnavailableException), kind));
        Assert.All(await KindsAsync(appends[2..4]), kind => Assert.Equal(typeof(AppendOutcomeUnknownException), kind));
        Assert.All(await KindsAsync(appends[4..]), kind => Assert.Equal(typeof(StorageFullException), kind));
        Assert.Empty(_listener.Heard);
    }

    [Fact]
    public async Task After_an_unexpected_failure_nobody_knows_and_the_next_commit_goes_on()
    {
        _log.Next(before: new InvalidDataException("a defect"));
        Writer.Start();

        var broken = await Assert.ThrowsAsync<AppendOutcomeUnknownException>(() => Append(1).WaitAsync(Token));
        var next = await Append(1).WaitAsync(Token);

        Assert.IsType<InvalidDataException>(broken.InnerException);
        Assert.IsType<AppendResult.Appended>(next);
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once_and_has_room_again_after_a_commit()
    {
        _options.MaxWaitingEvents = 2;
        Task<AppendResult>[] waiting = [Append(1), Append(2)];

        Assert.Throws<EventLogUnavailableException>(() => { _ = Append(3); });
        Writer.Start();
        await Task.WhenAll(waiting).WaitAsync(Token);
        var later = await Append(3).WaitAsync(Token);

        Assert.IsType<AppendResult.Appended>(later);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // as the embedded log does
    public async Task While_a_commit_stalls_what_waits_behind_it_is_refused_and_so_is_what_comes(bool blocksItsThread)
    {
        _log.Next(gate: _hold.Task);
        _log.Rival = blocksItsThread ? () => ((IAsyncResult)_hold.Task).AsyncWaitHandle.WaitOne() : null;
        Writer.Start();
        var first = Append(1);
        await _log.CalledAsync(times: 1, Token);
        var run = new AppendRun();
        var behind = Writer.AppendAsync(Item(_key, 2), run);

        _time.Advance(_options.StallAfter);

        await Assert.ThrowsAsync<EventLogUnavailableException>(() => behind.WaitAsync(TimeSpan.FromSeconds(30), Token));
        Assert.True(run.IsBroken);
        Assert.Throws<EventLogUnavailableException>(() => { _ = Append(2); });
        _hold.SetResult();
        await first.WaitAsync(Token);
        var next = await Append(2).WaitAsync(Token);

        Assert.Equal([1, 2], _log.Recorded.Select(e => e.Version));
        Assert.IsType<AppendResult.Appended>(next);
    }

    [Fact]
    public async Task A_queue_full_of_bytes_refuses_at_once()
    {
        _options.MaxWaitingBytes = Item(_key, 1).Data.Payload.Json.Length;
        var waiting = Append(1);

        Assert.Throws<EventLogUnavailableException>(() => { _ = Append(2); });
        Writer.Start();

        Assert.IsType<AppendResult.Appended>(await waiting.WaitAsync(Token));
    }

    [Fact]
    public async Task A_closed_gate_holds_commits_and_what_waits_behind_it_is_one_commit()
    {
        _gate.Closed = _hold.Task;
        Writer.Start();

        Task<AppendResult>[] appends = [Append(1), Append(2), Append(3)];
        var before = _log.Calls.Length;
        _hold.SetResult();
        await Task.WhenAll(appends).WaitAsync(Token);

        Assert.Equal(0, before);
        Assert.Equal(3, Assert.Single(_log.Calls).Length);
    }

    [Fact]
    public async Task Stopping_takes_nothing_more_and_ends_when_all_that_waited_is_on_disk()
    {
        _options.MaxCommitEvents = 1;
        _log.Next(gate: _hold.Task);
        Task<AppendResult>[] appends = [Append(1), Append(2), Append(3)];
        Writer.Start();

        var stop = Writer.StopAsync(Token);
        Assert.Throws<EventLogUnavailableException>(() => { _ = Append(4); });
        Assert.False(stop.IsCompleted);
        _hold.SetResult();
        await stop.WaitAsync(Token);

        Assert.All(appends, append => Assert.IsType<AppendResult.Appended>(append.Result));
        Assert.Equal(3, _log.Recorded.Length);
    }

    [Fact]
    public async Task An_event_without_an_entity_has_no_run_and_fails_alone()
    {
        var data = new EventData
        {
            EventId = "x",
            EventIdIsGiven = false,
            Stream = "test",
            Source = "test",
            Timestamp = 1,
            TimestampIsGiven = true,
            Payload = new EventPayload("{}"u8.ToArray()),
        };
        var item = new EventToAppend(data, Version: 0, Before: null, Cause: null, Expiry: null, EventHash.None);
        _log.Next(before: new EventLogUnavailableException("down"));
        Writer.Start();

        await Assert.ThrowsAsync<EventLogUnavailableException>(() => Writer.AppendAsync(item, run: null).WaitAsync(Token));
        var next = await Writer.AppendAsync(item, run: null).WaitAsync(Token);

        Assert.IsType<AppendResult.Appended>(next);
    }

    private static async Task<Type?[]> KindsAsync(Task<AppendResult>[] appends) =>
        await Task.WhenAll(appends.Select(async append => (await Record.ExceptionAsync(() => append.WaitAsync(Token)))?.GetType()));

    private static EventToAppend Item(EntityKey key, long version) =>
        new(Bulbs.Set(key, "n", $"{version % 10}", null), version, Before: [], Cause: null, Expiry: null, EventHash.None);

    private Task<AppendResult> Append(long version, AppendRun? run = null) => Writer.AppendAsync(Item(_key, version), run);
}
