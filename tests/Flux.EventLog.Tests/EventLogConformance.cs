using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;

namespace Flux.EventLog.Tests;

/// <summary>What every log promises. A store's tests derive from it and only say how to open the store.</summary>
public abstract class EventLogConformance : IAsyncLifetime
{
    private IEventLog? _log;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected IEventLog Log => _log!;

    private protected TestEvents Events { get; } = new();

    /// <summary>Opens the log, new the first time. The projection does not run, so that reads go through whatever stands in for it.</summary>
    protected abstract ValueTask<IEventLog> OpenAsync();

    /// <summary>Closes the log in good order.</summary>
    protected abstract ValueTask CloseAsync();

    /// <summary>Ends the log as a killed process would leave it.</summary>
    protected abstract ValueTask CrashAsync();

    /// <summary>Brings the indexes up to the log's head, in a store that builds them later.</summary>
    protected abstract ValueTask IndexAsync();

    /// <summary>Reads the table of the commits, in order.</summary>
    protected abstract Task<IReadOnlyList<(Guid Id, string Writer)>> ReadCommitsAsync();

    public async ValueTask InitializeAsync() => _log = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_new_log_is_empty()
    {
        var head = await Log.ReadHeadAsync(Token);
        Assert.Equal(Position.Start, head.Position);
        Assert.Equal(EventHash.None, head.Digest);

        var page = await ReadAsync(LogScope.All, 1);
        Assert.Empty(page.Events);
        Assert.True(page.IsLast);
        Assert.True((await ReadAsync(LogScope.All, 10, ReadDirection.Backward)).IsLast);
        Assert.Equal(new Position(1), await Log.FindPositionAsync(new Timestamp(1), Token));
    }

    [Fact]
    public async Task Events_of_one_append_follow_each_other_in_order()
    {
        var rows = Appended(await AppendAsync(Events.Next("home/lamp", "on", 1), Events.Next("home/fan", "on", 2), Events.Next("home/lamp", "on", 3)));

        Assert.Equal([1, 2, 3], rows.Select(r => r.Position.Value));
        Assert.Equal([1, 1, 2], rows.Select(r => r.Version));
        Assert.Single(rows.Select(r => r.RecordedAt).Distinct());
        AssertSame(rows, (await ReadAsync(LogScope.All, 1)).Events);
    }

    [Fact]
    public async Task The_logs_clock_is_between_its_last_commit_and_its_next()
    {
        var last = Appended(await AppendAsync(Events.Next("home/lamp", "on", 1)))[0].RecordedAt;
        await Log.ReadHeadAsync(Token);

        var now = Log.Now;
        var next = Appended(await AppendAsync(Events.Next("home/lamp", "on", 2)))[0].RecordedAt;

        Assert.True(last <= now, $"{now} is before {last}");
        Assert.True(now <= next, $"{now} is after {next}");
    }

    [Fact]
    public async Task Appends_of_many_callers_leave_no_gap_and_readers_see_commit_order()
    {
        const int writers = 8;
        const int each = 40;
        using var turn = new SemaphoreSlim(1);
        var reader = Task.Run(ReadAllAsync, Token);

        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(
            async () =>
            {
                for (var i = 0; i < each; i++)
                {
                    await turn.WaitAsync(Token);
                    await AppendAsync(Events.Next($"many/{writer}", "n", i), Events.Next($"many/{writer}", "m", i));
                    turn.Release();
                }
            },
            Token)));

        var seen = await reader.WaitAsync(TimeSpan.FromSeconds(30), Token);
        Assert.Equal(Enumerable.Range(1, writers * each * 2).Select(i => (long)i), seen.Select(r => r.Position.Value));
        foreach (var entity in seen.GroupBy(r => r.Data.Entity!.Value.Id))
        {
            Assert.Equal(Enumerable.Range(1, each * 2).Select(i => (long)i), entity.Select(r => r.Version));
        }

        async Task<List<RecordedEvent>> ReadAllAsync()
        {
            var all = new List<RecordedEvent>();
            while (all.Count < writers * each * 2)
            {
                await Log.WaitForMoreAsync(new Position(all.Count), Token);
                all.AddRange((await Log.ReadAsync(LogScope.All, new Position(all.Count + 1), ReadDirection.Forward, 7, Token)).Events);
            }

            return all;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_same_event_sent_again_is_recorded_once(bool isIndexed)
    {
        var data = TestEvents.Data(TestEvents.Set("home/lamp", "on", 1), id: "e1");
        var first = Appended(await AppendAsync(Events.Next(data)))[0];
        await IndexIfAsync(isIndexed);

        // A retry arrives with another time filled in.
        var again = TestEvents.Data(TestEvents.Set("home/lamp", "on", 1), id: "e1");
        var results = await AppendAsync(Events.NextUnrecorded(again));

        AssertSame([first], [Assert.IsType<AppendResult.Duplicate>(results[0]).Event]);
        Assert.Equal(1, (await Log.ReadHeadAsync(Token)).Position.Value);
        AssertSame([first], [(await Log.FindByEventIdAsync("home", "e1", Token))!]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Another_event_with_a_recorded_id_is_refused(bool isIndexed)
    {
        await AppendAsync(Events.Next("home/lamp", "on", 1, id: "e1"));
        await IndexIfAsync(isIndexed);

        var results = await AppendAsync(
            Events.NextUnrecorded(TestEvents.Data(TestEvents.Set("home/lamp", "on", 2), id: "e1")),
            Events.NextUnrecorded(TestEvents.Data(TestEvents.Set("home/fan", "on", 1), id: "e1", source: "other")),
            Events.Next("home/door", "open", 1, id: "e2"));

        Assert.Equal("e1", Assert.IsType<AppendResult.EventIdConflict>(results[0]).EventId);
        Assert.IsType<AppendResult.EventIdConflict>(results[1]);
        Assert.Equal(2, Assert.IsType<AppendResult.Appended>(results[2]).Event.Position.Value);
    }

    [Fact]
    public async Task A_repetition_inside_one_append_is_recorded_once()
    {
        var data = TestEvents.Data(TestEvents.Set("home/lamp", "on", 1), id: "e1");
        var results = await AppendAsync(
            Events.Next(data),
            Events.NextUnrecorded(data),
            Events.NextUnrecorded(TestEvents.Data(TestEvents.Set("home/lamp", "on", 2))),
            Events.NextUnrecorded(TestEvents.Data(TestEvents.Set("home/fan", "on", 2), id: "e1")));

        var first = Assert.IsType<AppendResult.Appended>(results[0]).Event;
        Assert.Same(first, Assert.IsType<AppendResult.Duplicate>(results[1]).Event);
        Assert.IsType<AppendResult.Behind>(results[2]);
        Assert.IsType<AppendResult.EventIdConflict>(results[3]);
    }

    [Fact]
    public async Task Event_ids_of_one_namespace_are_unknown_in_another()
    {
        var results = await AppendAsync(
            Events.Next("a/lamp", "on", 1, id: "e1"),
            Events.Next("b/lamp", "on", 1, id: "e1"),
            Events.Next("lamp", "on", 1, id: "e1"),
            Events.NextUnrecorded(TestEvents.Data("{}", id: "e1")));

        Assert.Equal(3, Appended(results[..3]).Count);
        Assert.IsType<AppendResult.EventIdConflict>(results[3]); // no entity: the namespace without a name, as "lamp"
        Assert.Equal("b/lamp", (await Log.FindByEventIdAsync("b", "e1", Token))!.Data.Entity!.Value.Id);
        Assert.Null(await Log.FindByEventIdAsync("c", "e1", Token));
    }

    [Fact]
    public async Task An_id_that_the_server_made_is_not_looked_for()
    {
        await AppendAsync(Events.Next("home/lamp", "on", 1));
        var made = (await ReadAsync(LogScope.All, 1)).Events[0].Data.EventId;
        Assert.Null(await Log.FindByEventIdAsync("home", made, Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_wrong_version_is_refused_with_the_actual_one(bool isIndexed)
    {
        var first = Events.Next("home/lamp", "on", 1);
        await AppendAsync(first, Events.Next("home/lamp", "on", 2));
        await IndexIfAsync(isIndexed);
        await RestartIfAsync(isIndexed);

        var next = Events.Next("home/lamp", "on", 3);
        var results = await AppendAsync(first with { Data = TestEvents.Data(TestEvents.Set("home/lamp", "on", 9)) }, next, next with { Version = 4 });
        Assert.Equal(2, Assert.IsType<AppendResult.VersionConflict>(results[0]).Actual);
        Assert.IsType<AppendResult.Behind>(results[1]);
        Assert.IsType<AppendResult.Behind>(results[2]);

        results = await AppendAsync(next with { Version = 4 });
        Assert.Equal(2, Assert.IsType<AppendResult.VersionConflict>(results[0]).Actual);
        Assert.Single(Appended(await AppendAsync(next)));
    }

    [Fact]
    public async Task Payloads_come_back_byte_for_byte()
    {
        string[] payloads =
        [
            "{}",
            "{ \"entity_id\" :\t\"home/x\" ,\r\n \"properties\": { \"a\" : 1.50 } }  ",
            """{"entity_id":"home/y","entity_id":"home/x","properties":{"a":1,"a":2,"a":3}}""",
            "{\"entity_id\":\"home/x\",\"properties\":{\"a\":\"\u2028\u2029 \\u2028 \\/ 😀\"}}",
            """{"entity_id":"home/x","properties":{"__deleted__":true}}""",
            $$$"""{"entity_id":"","properties":{"big":"{{{new string('x', 1024 * 1024)}}}"}}""",
            """{"entity_id":42,"properties":{"n":1e308}}""",
        ];
        var rows = Appended(await AppendAsync([.. payloads.Select(p => Events.Next(TestEvents.Data(p, timestamp: 5, key: "k")))]));

        await RestartAsync();

        var read = (await ReadAsync(LogScope.All, 1)).Events;
        AssertSame(rows, read);
        Assert.Equal(payloads, read.Select(r => System.Text.Encoding.UTF8.GetString(r.Data.Payload.Json.Span)));
    }

    [Fact]
    public async Task Every_scope_reads_forward_and_backward_in_pages()
    {
        for (var i = 0; i < 60; i++)
        {
            await AppendAsync(
                Events.Next("a/1", "n", i), Events.Next("a/2", "n", i), Events.Next("b/1", "n", i), Events.Next("plain", "n", i),
                Events.Next(TestEvents.Data("{}")), Events.Next("/odd", "n", i));
            if (i == 40)
            {
                await IndexAsync();
            }
        }

        foreach (var isRestarted in (bool[])[false, true])
        {
            await RestartIfAsync(isRestarted);
            var all = await ReadAllAsync(LogScope.All, ReadDirection.Forward, 7);
            Assert.Equal(360, all.Count);
            foreach (var (scope, filter) in Scopes())
            {
                var expected = all.Where(filter).ToList();
                AssertSame(expected, await ReadAllAsync(scope, ReadDirection.Forward, 7));
                expected.Reverse();
                AssertSame(expected, await ReadAllAsync(scope, ReadDirection.Backward, 11));
            }

            var middle = await ReadAsync(new LogScope.OfEntity(EntityKey.Trusted("a/2")), 101, ReadDirection.Forward, 3);
            AssertSame(all.Where(r => r.Position.Value >= 101 && r.Data.Entity?.Id == "a/2").Take(3).ToList(), middle.Events);
            middle = await ReadAsync(new LogScope.OfEntity(EntityKey.Trusted("a/2")), 101, ReadDirection.Backward, 3);
            AssertSame(all.Where(r => r.Position.Value <= 101 && r.Data.Entity?.Id == "a/2").Reverse().Take(3).ToList(), middle.Events);
        }

        static IEnumerable<(LogScope Scope, Func<RecordedEvent, bool> Filter)> Scopes()
        {
            yield return (LogScope.All, _ => true);
            yield return (new LogScope.OfNamespace("a"), r => r.Data.Entity?.Namespace == "a");
            yield return (new LogScope.OfNamespace("b"), r => r.Data.Entity?.Namespace == "b");
            yield return (new LogScope.OfNamespace("none"), _ => false);
            yield return (new LogScope.OfNamespace(string.Empty), r => r.Data.Entity is null || r.Data.Entity.Value.Namespace.Length == 0);
            yield return (new LogScope.OfEntity(EntityKey.Trusted("a/2")), r => r.Data.Entity?.Id == "a/2");
            yield return (new LogScope.OfEntity(EntityKey.Trusted("nobody")), _ => false);
        }
    }

    [Fact]
    public async Task A_reader_may_begin_at_any_position_before_and_after_the_head()
    {
        var random = new Random(9);
        for (var i = 0; i < 30; i++)
        {
            await AppendAsync([.. Enumerable.Range(0, 10).Select(n => Events.Next(random.Next(4) == 0 ? "a/1" : $"b/{random.Next(5)}", "n", n))]);
        }

        await RestartAsync(); // nothing is in memory
        var all = await ReadAllAsync(LogScope.All, ReadDirection.Forward, 100);
        LogScope[] scopes = [LogScope.All, new LogScope.OfNamespace("a"), new LogScope.OfEntity(EntityKey.Trusted("a/1")), new LogScope.OfEntity(EntityKey.Trusted("b/0"))];
        foreach (var from in (long[])[-1, 0, 1, 2, 3, 57, 149, 150, 151, 298, 299, 300, 301, 500, long.MaxValue])
        {
            foreach (var (scope, count) in scopes.SelectMany(scope => ((int[])[1, 2, 1000]).Select(count => (scope, count))))
            {
                bool IsIn(RecordedEvent row) => scope switch
                {
                    LogScope.OfEntity entity => row.Data.Entity == entity.Key,
                    LogScope.OfNamespace ns => row.Data.Entity?.Namespace == ns.Name,
                    _ => true,
                };
                var forward = await ReadAsync(scope, from, ReadDirection.Forward, count);
                AssertSame(all.Where(row => row.Position.Value >= from && IsIn(row)).Take(count).ToList(), forward.Events);
                Assert.True(forward.Next.Value >= Math.Max(from, 1), $"{scope} forward from {from} goes on at {forward.Next}");
                Assert.True(forward.IsLast || forward.Events.Count == count);

                var backward = await ReadAsync(scope, from, ReadDirection.Backward, count);
                AssertSame(all.Where(row => row.Position.Value <= from && IsIn(row)).Reverse().Take(count).ToList(), backward.Events);
                Assert.True(backward.IsLast || backward.Events.Count == count);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_entitys_events_come_in_version_order_from_any_version(bool isIndexed)
    {
        for (var i = 0; i < 200; i++)
        {
            await AppendAsync(Events.Next("home/lamp", "n", i), Events.Next("home/other", "n", i));
            if (isIndexed && i is 20 or 63 or 64 or 130)
            {
                await IndexAsync();
            }
        }

        var lamp = EntityKey.Trusted("home/lamp");
        foreach (var (after, count) in ((long, int)[])[(0, 1000), (0, 1), (0, 64), (1, 63), (63, 2), (64, 64), (100, 50), (127, 3), (140, 60), (199, 9), (200, 5), (500, 1)])
        {
            var rows = await Log.ReadEntityAsync(lamp, after, count, Token);
            Assert.Equal(Enumerable.Range(1, 200).Select(v => (long)v).Where(v => v > after).Take(count), rows.Select(r => r.Version));
            Assert.All(rows, r => Assert.Equal("home/lamp", r.Data.Entity!.Value.Id));
        }

        Assert.Empty(await Log.ReadEntityAsync(EntityKey.Trusted("home/nobody"), 0, 10, Token));
    }

    [Fact]
    public async Task A_page_is_bounded_in_bytes_but_holds_one_event_at_least()
    {
        var big = new string('x', 1024 * 1024);
        await AppendAsync([.. Enumerable.Range(0, 12).Select(i => Events.Next("home/big", "n", $"\"{i}{big}\""))]);

        foreach (var isRestarted in (bool[])[false, true])
        {
            await RestartIfAsync(isRestarted);
            Assert.InRange((await ReadAsync(LogScope.All, 1)).Events.Count, 1, 6);
            Assert.Equal(12, (await ReadAllAsync(LogScope.All, ReadDirection.Forward, 1000)).Count);
            Assert.Equal(12, (await ReadAllAsync(new LogScope.OfEntity(EntityKey.Trusted("home/big")), ReadDirection.Backward, 1000)).Count);
        }
    }

    [Fact]
    public async Task Causes_and_due_times_come_back_and_effects_are_found_by_their_cause()
    {
        var due = Expiry.Of(new Timestamp(1_800_000_000_000_000), [new DueProperty("m", new Timestamp(5)), new DueProperty("a \"\u00e9", new Timestamp(7))]);
        var written = new List<RecordedEvent>();
        foreach (var (cause, expiry) in ((long? Cause, Expiry? Expiry)[])[(null, due), (1, null), (1, due), (2, null), (1, null), (null, null)])
        {
            var data = TestEvents.Data(TestEvents.Set("a/1", "m", written.Count));
            written.AddRange(Appended(await AppendAsync(Events.Next(data, cause is { } c ? new Position(c) : null, expiry))));
        }

        foreach (var isRestarted in (bool[])[false, true])
        {
            await RestartIfAsync(isRestarted);
            var read = (await ReadAsync(LogScope.All, 1)).Events;
            Assert.Equal(written.Select(row => (row.Cause, row.Expiry)), read.Select(row => (row.Cause, row.Expiry)));
            Assert.Equal(due, read[0].Expiry);
            Assert.Equal([2, 3, 5], await FindEffectsAsync(1, 0, 10));
            Assert.Equal([3, 5], await FindEffectsAsync(1, 2, 10));
            Assert.Equal([2], await FindEffectsAsync(1, 0, 1));
            Assert.Equal([4], await FindEffectsAsync(2, 0, 10));
            Assert.Empty(await FindEffectsAsync(3, 0, 10));
        }

        async Task<IEnumerable<long>> FindEffectsAsync(long cause, long after, int maxCount) =>
            (await Log.ReadEffectsAsync(new Position(cause), new Position(after), maxCount, Token)).Select(row => row.Position.Value);
    }

    [Fact]
    public async Task Hashes_and_digests_can_be_computed_again_from_what_is_read()
    {
        var due = Expiry.Of(new Timestamp(5), [new DueProperty("n", new Timestamp(9))]);
        for (var i = 0; i < 5; i++)
        {
            await AppendAsync(
                Events.Next("a/1", "n", i),
                Events.Next(TestEvents.Data(TestEvents.Set("a/2", "n", i)), i == 0 ? null : new Position(i), i % 2 == 0 ? due : null),
                Events.Next(TestEvents.Data("{}")));
        }

        var last = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var digest = EventHash.None;
        foreach (var (commit, (id, writer)) in (await ReadAllAsync(LogScope.All, ReadDirection.Forward, 100)).Chunk(3).Zip(await ReadCommitsAsync()))
        {
            foreach (var row in commit)
            {
                var entity = row.Data.Entity?.Id;
                var previous = entity is null ? EventHash.None : last.GetValueOrDefault(entity, EventHash.None);
                Assert.Equal(EventHash.OfRow(previous, row.Data, row.Version, row.Before, row.Cause, row.Expiry), row.Hash);
                if (entity is not null)
                {
                    last[entity] = row.Hash;
                }
            }

            digest = EventHash.OfCommit(digest, commit[0].Position, commit[0].RecordedAt, [.. commit.Select(r => r.Hash)], id, writer);
        }

        Assert.Equal(digest, (await Log.ReadHeadAsync(Token)).Digest);
    }

    [Fact]
    public async Task Waiting_ends_when_more_is_appended_and_at_once_when_there_is_more()
    {
        var waiting = Log.WaitForMoreAsync(Position.Start, Token).AsTask();
        Assert.False(waiting.IsCompleted);

        await AppendAsync(Events.Next("home/lamp", "on", 1));

        Assert.Equal(new Position(1), await waiting.WaitAsync(TimeSpan.FromSeconds(10), Token));
        Assert.Equal(new Position(1), await Log.WaitForMoreAsync(Position.Start, Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_acknowledged_is_there_after_a_restart_or_a_crash(bool isCrash)
    {
        var epoch = Log.Epoch;
        var rows = Appended(await AppendAsync(Events.Next("home/lamp", "on", 1, id: "e1"), Events.Next("home/fan", "on", 1)));
        var head = await Log.ReadHeadAsync(Token);

        await (isCrash ? CrashAsync() : CloseAsync());
        _log = await OpenAsync();

        Assert.Equal(epoch, Log.Epoch);
        Assert.Equal((head.Position, head.RecordedAt), ((await Log.ReadHeadAsync(Token)).Position, (await Log.ReadHeadAsync(Token)).RecordedAt));
        AssertSame(rows, await ReadAllAsync(LogScope.All, ReadDirection.Forward, 10));
        AssertSame([rows[0]], [(await Log.FindByEventIdAsync("home", "e1", Token))!]);
        Assert.Equal([3L, 4L], Appended(await AppendAsync(Events.Next("home/lamp", "on", 2), Events.Next("home/fan", "on", 2))).Select(r => r.Position.Value));
    }

    private protected async Task<AppendResult[]> AppendAsync(params EventToAppend[] events) => await Log.AppendAsync(events, Token);

    private protected static List<RecordedEvent> Appended(IEnumerable<AppendResult> results) =>
        [.. results.Select(r => Assert.IsType<AppendResult.Appended>(r).Event)];

    private protected async Task<LogPage> ReadAsync(
        LogScope scope, long from, ReadDirection direction = ReadDirection.Forward, int maxCount = 1000) =>
        await Log.ReadAsync(scope, new Position(from), direction, maxCount, Token);

    private protected async Task<List<RecordedEvent>> ReadAllAsync(LogScope scope, ReadDirection direction, int maxCount)
    {
        var all = new List<RecordedEvent>();
        var from = direction == ReadDirection.Forward ? new Position(1) : new Position(long.MaxValue);
        LogPage page;
        do
        {
            page = await Log.ReadAsync(scope, from, direction, maxCount, Token);
            Assert.InRange(page.Events.Count, 0, maxCount);
            all.AddRange(page.Events);
            from = page.Next;
        }
        while (!page.IsLast);
        return all;
    }

    private protected static void AssertSame(IReadOnlyList<RecordedEvent> expected, IReadOnlyList<RecordedEvent> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++)
        {
            var (a, b) = (expected[i], actual[i]);
            Assert.Equal((a.Position, a.RecordedAt, a.Version, a.Cause), (b.Position, b.RecordedAt, b.Version, b.Cause));
            Assert.Equal((a.Data.EventId, a.Data.EventIdIsGiven, a.Data.Stream, a.Data.Source), (b.Data.EventId, b.Data.EventIdIsGiven, b.Data.Stream, b.Data.Source));
            Assert.Equal((a.Data.Key, a.Data.Schema, a.Data.Timestamp, a.Data.TimestampIsGiven), (b.Data.Key, b.Data.Schema, b.Data.Timestamp, b.Data.TimestampIsGiven));
            Assert.True(a.Data.Payload.Json.Span.SequenceEqual(b.Data.Payload.Json.Span), $"the payload at {a.Position} differs");
            Assert.Equal(a.Before, b.Before);
            Assert.Equal(a.Hash, b.Hash);
        }
    }

    private protected async Task RestartAsync()
    {
        await CloseAsync();
        _log = await OpenAsync();
    }

    private Task RestartIfAsync(bool isRestarted) => isRestarted ? RestartAsync() : Task.CompletedTask;

    private ValueTask IndexIfAsync(bool isIndexed) => isIndexed ? IndexAsync() : ValueTask.CompletedTask;
}
