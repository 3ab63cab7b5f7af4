using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.EventLog.PostgreSql;
using Flux.EventLog.Projection;
using Flux.Testing.PostgreSql;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

[assembly: AssemblyFixture(typeof(SharedPostgreSql))]

namespace Flux.EventLog.Tests;

public sealed class PostgreSqlEventLogTests(SharedPostgreSql server) : EventLogConformance
{
    private string? _database;
    private PostgreSqlStore? _store;

    [Fact]
    public async Task A_log_goes_on_over_the_end_of_a_partition()
    {
        var rows = new List<RecordedEvent>();
        for (var i = 0; i < 40; i++)
        {
            rows.AddRange(Appended(await AppendAsync([.. Enumerable.Range(0, 7).Select(n => Events.Next($"a/{n}", "n", i))])));
        }

        Assert.Equal(Enumerable.Range(1, 280).Select(n => (long)n), rows.Select(r => r.Position.Value));
        AssertSame(rows, await ReadAllAsync(LogScope.All, ReadDirection.Forward, 50));
        Assert.True((long)(await SqlAsync("SELECT count(*) FROM event_partition"))! > 3);
    }

    [Fact]
    public async Task Two_writers_cannot_both_record_a_version()
    {
        await AppendAsync(Events.Next("home/lamp", "on", 1));
        await using var other = await OpenStoreAsync("other");
        var next = Events.Next("home/lamp", "on", 2);
        var rival = next with { Data = TestEvents.Data(TestEvents.Set("home/lamp", "on", 3)) };

        var mine = await AppendAsync(next);
        var theirs = await other.Log.AppendAsync([rival, TestFan()], Token);

        Assert.IsType<AppendResult.Appended>(mine[0]);
        Assert.Equal(2, Assert.IsType<AppendResult.VersionConflict>(theirs[0]).Actual);
        Assert.Equal(3, Assert.IsType<AppendResult.Appended>(theirs[1]).Event.Position.Value);

        static EventToAppend TestFan() => new TestEvents().Next("home/fan", "on", 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_log_that_lost_its_end_is_noticed_although_it_goes_on(bool goesOn)
    {
        await AppendAsync(Events.Next("home/lamp", "on", 1));
        await SqlAsync("CREATE TABLE kept AS SELECT * FROM log_head");
        var ended = 0;
        _store!.Log.OnFenced = () => ended++;
        _store.Log.OnFeed(Appended(await AppendAsync(Events.Next("home/lamp", "on", 2), Events.Next("home/fan", "on", 1))));
        Assert.Equal(3, (await Log.ReadHeadAsync(Token)).Position.Value);

        // As a standby is that did not have the last commit.
        await SqlAsync(
            """
            DELETE FROM event WHERE position > 1; DELETE FROM entity_event WHERE position > 1; DELETE FROM event_id WHERE position > 1;
            DELETE FROM log_commit WHERE first_position > 1;
            UPDATE log_head h SET position = k.position, recorded_at = k.recorded_at, digest = k.digest FROM kept k
            """);
        if (goesOn)
        {
            await using var other = await OpenStoreAsync("other");
            for (var i = 1; i <= 4; i++)
            {
                Appended(await other.Log.AppendAsync([new TestEvents().Next($"other/{i}", "on", 1)], Token));
            }
        }

        await Assert.ThrowsAsync<EventLogUnavailableException>(async () => await Log.ReadHeadAsync(Token));
        await Assert.ThrowsAsync<EventLogUnavailableException>(async () => await Log.ReadHeadAsync(Token));
        Assert.Equal(1, ended);
        await using var anew = await OpenStoreAsync("anew");
        Assert.Equal(goesOn ? 5 : 1, (await anew.Log.ReadHeadAsync(Token)).Position.Value);
    }

    [Fact]
    public async Task Writers_at_the_same_time_leave_no_gap_and_lose_nothing()
    {
        const int writers = 4;
        const int each = 60;
        var stores = new List<PostgreSqlStore>();
        for (var i = 0; i < writers; i++)
        {
            stores.Add(await OpenStoreAsync($"silo-{i}"));
        }

        await Task.WhenAll(stores.Select((store, writer) => Task.Run(
            async () =>
            {
                var events = new TestEvents();
                for (var i = 0; i < each; i++)
                {
                    var results = await store.Log.AppendAsync([events.Next($"w{writer}/a", "n", i), events.Next($"w{writer}/b", "n", i, id: $"{i}")], Token);
                    Assert.Equal(2, Appended(results).Count);
                }
            },
            Token)));

        var all = await ReadAllAsync(LogScope.All, ReadDirection.Forward, 100);
        Assert.Equal(Enumerable.Range(1, writers * each * 2).Select(n => (long)n), all.Select(r => r.Position.Value));
        Assert.All(all.GroupBy(r => r.Data.Entity!.Value.Id), e => Assert.Equal(Enumerable.Range(1, each).Select(n => (long)n), e.Select(r => r.Version)));
        Assert.True(all.Zip(all.Skip(1), (a, b) => a.RecordedAt <= b.RecordedAt).All(isInOrder => isInOrder));
        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_fenced_writer_can_store_nothing_and_says_so()
    {
        await AppendAsync(Events.Next("home/lamp", "on", 1));
        await using var other = await OpenStoreAsync("other");
        var wasTold = false;
        _store!.Log.OnFenced = () => wasTold = true;

        await other.Log.FenceAsync(["silo"], Token);
        await other.Log.FenceAsync(["silo"], Token);

        await Assert.ThrowsAsync<WriterFencedException>(() => AppendAsync(Events.NextUnrecorded(TestEvents.Data(TestEvents.Set("home/lamp", "on", 2)))));
        Assert.True(wasTold);
        Assert.Equal(1, (await Log.ReadHeadAsync(Token)).Position.Value);
        Assert.IsType<AppendResult.Appended>((await other.Log.AppendAsync([Events.Next("home/lamp", "on", 2)], Token))[0]);
    }

    [Fact]
    public async Task A_commit_whose_answer_is_lost_is_found_or_never_happens()
    {
        await AppendAsync(Events.Next("home/lamp", "on", 1));
        var kept = 0;
        for (var i = 2; i < 30; i++)
        {
            var killing = Task.Run(KillWritersAsync, Token);
            var next = Events.NextUnrecorded(TestEvents.Data(TestEvents.Set("home/lamp", "on", i)));
            try
            {
                var row = Assert.IsType<AppendResult.Appended>((await AppendAsync(next))[0]).Event;
                Assert.Equal(row.Version, (await ReadAllAsync(LogScope.All, ReadDirection.Forward, 100))[^1].Version);
                Events.Next(next.Data);
                kept++;
            }
            catch (EventLogUnavailableException)
            {
                // Certainly not written: the same version is free.
            }

            await killing;
        }

        Assert.Equal(kept + 1, (await Log.ReadHeadAsync(Token)).Position.Value);

        async Task KillWritersAsync() => await SqlAsync(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'flux-log' AND datname = current_database()");
    }

    [Theory]
    [InlineData(ReadDirection.Forward)]
    [InlineData(ReadDirection.Backward)]
    public async Task A_short_page_of_a_busy_namespace_takes_little_from_the_database(ReadDirection direction)
    {
        var text = new string('x', 10_000);
        await AppendAsync([.. Enumerable.Range(0, 300).Select(i => Events.Next($"home/{i}", "text", $"\"{text}\""))]);
        using var traffic = new DatabaseTraffic(_database!);

        var page = await ReadAsync(new LogScope.OfNamespace("home"), 150, direction, maxCount: 10);

        Assert.Equal(10, page.Events.Count);
        Assert.Equal(direction == ReadDirection.Forward ? 160 : 140, page.Next.Value);
        Assert.InRange(traffic.BytesRead, 10 * text.Length, 50 * text.Length);
    }

    [Theory]
    [InlineData(ReadDirection.Forward)]
    [InlineData(ReadDirection.Backward)]
    public async Task A_page_that_ends_at_its_bound_in_bytes_takes_little_more_from_the_database(ReadDirection direction)
    {
        await AppendLargeAsync();
        await RestartAsync(); // nothing is in memory
        using var traffic = new DatabaseTraffic(_database!);

        var page = await ReadAsync(LogScope.All, direction == ReadDirection.Forward ? 1 : 12, direction);

        Assert.Equal(3, page.Events.Count);
        Assert.Equal(direction == ReadDirection.Forward ? 4 : 9, page.Next.Value);
        Assert.InRange(traffic.BytesRead, 3 * 1024 * 1024, 5 * 1024 * 1024);
    }

    [Theory]
    [InlineData(ReadDirection.Forward)]
    [InlineData(ReadDirection.Backward)]
    public async Task A_page_of_an_entity_with_large_events_takes_little_more_from_the_database_and_the_next_go_on(ReadDirection direction)
    {
        var text = new string('x', 500_000); // with what it replaced, an event has about 1 MiB
        for (var i = 0; i < 12; i++)
        {
            await AppendAsync([Events.Next("home/large", "text", $"\"{i}{text}\"")]);
        }

        await RestartAsync();
        var scope = new LogScope.OfEntity(EntityKey.Trusted("home/large"));
        using var traffic = new DatabaseTraffic(_database!);

        var page = await ReadAsync(scope, direction == ReadDirection.Forward ? 1 : 12, direction);

        Assert.False(page.IsLast);
        Assert.InRange(page.Events.Count, 3, 6);
        Assert.InRange(traffic.BytesRead, 3 * 1024 * 1024, 6 * 1024 * 1024);
        var all = (await ReadAllAsync(scope, direction, 1000)).Select(row => row.Version).ToArray();
        Assert.Equal(Enumerable.Range(1, 12).Select(n => (long)n), direction == ReadDirection.Forward ? all : all.Reverse());
    }

    [Theory]
    [InlineData(ReadDirection.Forward)]
    [InlineData(ReadDirection.Backward)]
    public async Task Large_events_that_are_damaged_are_all_read(ReadDirection direction)
    {
        await AppendLargeAsync();
        await SqlAsync("UPDATE event SET payload = set_byte(payload, 0, 0)"); // what stands for them is short
        await RestartAsync();

        foreach (var scope in (LogScope[])[LogScope.All, new LogScope.OfNamespace("home")])
        {
            var read = await ReadAllAsync(scope, direction, 1000);

            Assert.Equal(Enumerable.Range(1, 12).Select(n => (long)n), read.Select(row => row.Position.Value).Order());
            Assert.All(read, row => Assert.NotNull(row.Damage));
        }
    }

    [Fact]
    public async Task Ten_openers_at_once_make_one_schema()
    {
        _database = await server.CreateDatabaseAsync(Token);

        var stores = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => OpenStoreAsync($"silo-{i}")));

        Assert.Single(stores.Select(store => store.Log.Epoch).Distinct());
        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused()
    {
        await SqlAsync("UPDATE flux_schema SET version = 99");

        var e = await Assert.ThrowsAsync<PostgreSqlUnusableException>(() => OpenStoreAsync("silo"));
        Assert.Contains("schema 99", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_may_lose_what_it_acknowledged_is_refused_unless_it_was_asked_for()
    {
        var options = new PostgreSqlOptions { ConnectionString = $"{_database};Options=-c synchronous_commit=off" };

        var e = await Assert.ThrowsAsync<PostgreSqlUnusableException>(() => OpenStoreAsync(options));
        Assert.Contains("synchronous_commit", e.Message, StringComparison.Ordinal);

        options.AllowUnsafeDurability = true;
        await (await OpenStoreAsync(options)).DisposeAsync();
    }

    [Fact]
    public async Task The_read_model_shows_what_the_fold_of_the_log_gives()
    {
        await using var loop = await _store!.CreateProjectionAsync(TestEvents.Instruments, Token);
        loop.Start();
        var random = new Random(5);
        for (var i = 0; i < 60; i++)
        {
            await AppendAsync([.. Enumerable.Range(0, 10).Select(_ => Events.Next(TestEvents.Data(RandomPayload(i))))]);
        }

        var head = (await Log.ReadHeadAsync(Token)).Position;
        Assert.True(await loop.WaitForAsync(head, TimeSpan.FromSeconds(30), Token));
        var model = _store.CreateReadModel(loop);
        await model.RefreshAsync(Token);

        var listed = new List<string>();
        await foreach (var entity in model.ListAsync("é", "é/1", Token))
        {
            listed.Add(entity.Id);
            var state = await model.LoadAsync(EntityKey.Trusted(entity.Id), Token);
            Assert.Equal((state.Version, state.LastUpdated), (entity.Version, entity.LastUpdated));
        }

        var folded = (await ReadAllAsync(LogScope.All, ReadDirection.Forward, 1000))
            .GroupBy(r => r.Data.Entity!.Value.Id)
            .ToDictionary(g => g.Key, g => g.Aggregate(EntityState.Empty, (state, row) => state.Apply(row)));
        Assert.Equal(folded.Count(f => f.Value.Exists), model.EntityCount);
        Assert.Equal(model.EntityCount, await model.CountAsync(["é", "nobody"], Token));
        Assert.Equal(folded.Where(f => f.Value.Exists && f.Key.StartsWith("é/1", StringComparison.Ordinal)).Select(f => f.Key).Order(StringComparer.Ordinal), listed);

        string RandomPayload(int value) => random.Next(9) == 0
            ? $$$"""{"entity_id":"é/{{{random.Next(20)}}}","properties":{"__deleted__":true}}"""
            : TestEvents.Set($"é/{random.Next(20)}", $"p{random.Next(3)}", value);
    }

    [Fact]
    public async Task Of_two_projections_at_once_one_gets_on_and_the_model_stays_right()
    {
        await using var first = await _store!.CreateProjectionAsync(TestEvents.Instruments, Token);
        await using var second = await _store.CreateProjectionAsync(TestEvents.Instruments, Token);
        first.Start();
        second.Start();
        for (var i = 0; i < 50; i++)
        {
            await AppendAsync(Events.Next("home/lamp", "n", i));
        }

        var head = (await Log.ReadHeadAsync(Token)).Position;
        await Task.WhenAny(
            first.WaitForAsync(head, TimeSpan.FromSeconds(30), Token).AsTask(), second.WaitForAsync(head, TimeSpan.FromSeconds(30), Token).AsTask());
        var model = _store.CreateReadModel(first);
        await model.RefreshAsync(Token);

        Assert.Equal((head, 1L), (model.Position, model.EntityCount));
        Assert.Equal(1, await model.CountAsync(["home"], Token));
        Assert.Equal(50, (await model.LoadAsync(EntityKey.Trusted("home/lamp"), Token)).Version);
    }

    [Fact]
    public async Task A_projection_that_another_one_has_overtaken_takes_nothing_for_damaged()
    {
        var damages = new DamageReports();
        await using var source = NpgsqlDataSource.Create(_database!);
        var overtaken = new PostgreSqlProjectionStore(source, new PostgreSqlSeries(source, source), position: 0);
        await using var other = await _store!.CreateProjectionAsync(TestEvents.Instruments, Token);
        other.Start();
        await AppendAsync(Events.Next("home/lamp", "n", 1), Events.Next("home/lamp", "n", 2));
        Assert.True(await other.WaitForAsync(new Position(2), TimeSpan.FromSeconds(30), Token));

        var rows = (await Log.ReadAsync(LogScope.All, new Position(1), ReadDirection.Forward, 10, Token)).Events;
        await Assert.ThrowsAsync<EventLogUnavailableException>(
            async () => await overtaken.FoldAsync(new EntityProjection(position: 0, entityCount: 0, damages), rows, Token));

        Assert.False(damages.Reader.TryRead(out _));
    }

    [Fact]
    public async Task What_a_version_that_does_not_count_has_projected_is_counted_by_the_next_projection()
    {
        await using (var loop = await _store!.CreateProjectionAsync(TestEvents.Instruments, Token))
        {
            loop.Start();
            await AppendAsync(
                Events.Next("home/lamp", "n", 1), Events.Next("home/fan", "n", 1), Events.Next("plain", "n", 1), Events.Next("/x", "n", 1),
                Events.Next(TestEvents.Data("""{"entity_id":"home/fan","properties":{"__deleted__":true}}""")));
            Assert.True(await loop.WaitForAsync((await Log.ReadHeadAsync(Token)).Position, TimeSpan.FromSeconds(30), Token));
        }

        // As that version leaves it: entities and position written, and nothing counted.
        await PostgreSqlServer.ExecuteAsync(_database!, "UPDATE namespace_count SET entity_count = 7; UPDATE projection SET counted = 1", Token);
        await using var next = await _store.CreateProjectionAsync(TestEvents.Instruments, Token);
        next.Start();
        await AppendAsync(Events.Next("home/door", "n", 1));
        Assert.True(await next.WaitForAsync((await Log.ReadHeadAsync(Token)).Position, TimeSpan.FromSeconds(30), Token));

        var model = _store.CreateReadModel(next);
        Assert.Equal(2, await model.CountAsync(["home"], Token));
        Assert.Equal(2, await model.CountAsync([string.Empty], Token));
    }

    protected override async ValueTask<IEventLog> OpenAsync()
    {
        Assert.SkipWhen(PostgreSqlServer.WhyMissing is not null, PostgreSqlServer.WhyMissing ?? string.Empty);
        _database ??= await server.CreateDatabaseAsync(Token);
        _store = await OpenStoreAsync("silo");
        return _store.Log;
    }

    protected override async ValueTask CloseAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
            _store = null;
        }
    }

    // The server keeps what a dead client has committed, so a crash of the client is a close. A crash of the server is the fault tests' business.
    protected override ValueTask CrashAsync() => CloseAsync();

    // The fences are the indexes, written with the events.
    protected override ValueTask IndexAsync() => ValueTask.CompletedTask;

    protected override async Task<IReadOnlyList<(Guid Id, string Writer)>> ReadCommitsAsync()
    {
        await using var connection = await PostgreSqlServer.ConnectAsync(_database!, Token);
        await using var command = new NpgsqlCommand("SELECT id, writer FROM log_commit ORDER BY first_position", connection);
        await using var row = await command.ExecuteReaderAsync(Token);
        var commits = new List<(Guid Id, string Writer)>();
        while (await row.ReadAsync(Token))
        {
            commits.Add((row.GetGuid(0), row.GetString(1)));
        }

        return commits;
    }

    private async Task AppendLargeAsync()
    {
        var large = new string('x', 1024 * 1024);
        await AppendAsync([.. Enumerable.Range(0, 12).Select(i => Events.Next($"home/{i}", "text", $"\"{large}\""))]);
    }

    private async Task<PostgreSqlStore> OpenStoreAsync(string silo)
    {
        var store = await OpenStoreAsync(new PostgreSqlOptions { ConnectionString = _database!, PartitionEvents = 50 });
        store.Log.StartAs(silo);
        return store;
    }

    private static Task<PostgreSqlStore> OpenStoreAsync(PostgreSqlOptions options) =>
        PostgreSqlStore.OpenAsync(options, TimeProvider.System, NullLoggerFactory.Instance, Token);

    private Task<object?> SqlAsync(string sql) => PostgreSqlServer.ExecuteAsync(_database!, sql, Token);
}
