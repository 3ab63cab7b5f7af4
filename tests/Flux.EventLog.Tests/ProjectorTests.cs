using System.Buffers;
using System.Text;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.EventLog.Projection;
using Flux.EventLog.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Flux.EventLog.Tests;

public sealed class ProjectorTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly TempDirectory _home = new();
    private readonly TestEvents _events = new();
    private EmbeddedStore _store = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _store = Open();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task A_read_model_that_was_deleted_is_built_again_the_same()
    {
        _store.Projector.Start();
        var random = new Random(7);
        for (var i = 0; i < 300; i++)
        {
            await AppendAsync([.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => RandomEvent(random))]);
            if (random.Next(20) == 0)
            {
                await ProjectAsync();
            }
        }

        await ProjectAsync();
        var before = Dump();
        var count = _store.ReadModel.EntityCount;
        await _store.DisposeAsync();
        foreach (var file in Directory.GetFiles(_home.Path, "read-model.db*"))
        {
            File.Delete(file);
        }

        _store = Open();

        Assert.Equal(count, _store.ReadModel.EntityCount);
        Assert.Equal(count, (await ListAsync(null, string.Empty)).Count);
        Assert.Equal(before, Dump());
    }

    [Fact]
    public async Task A_read_model_of_a_version_that_did_not_count_is_counted_when_it_is_opened()
    {
        _store.Projector.Start();
        await AppendAsync(
            _events.Next("home/lamp", "on", 1), _events.Next("home/fan", "on", 1), _events.Next("a/b/c", "on", 1),
            _events.Next("plain", "on", 1), _events.Next("/x", "on", 1), _events.Next("$flux/config", "on", 1),
            _events.Next(TestEvents.Data("""{"entity_id":"home/fan","properties":{"__deleted__":true}}""")));
        await ProjectAsync();
        await _store.DisposeAsync();
        using (var file = new SqliteConnection($"Data Source={System.IO.Path.Combine(_home.Path, "read-model.db")};Pooling=False"))
        {
            file.Open();
            using var back = file.CreateCommand();
            back.CommandText = """
                DROP TABLE namespace_count; DROP TABLE entity_snapshot; DROP TABLE series_chunk; DROP TABLE series_stretch;
                DROP TABLE checkpoint; DROP TABLE checkpoint_entity;
                DROP INDEX entity_due; DROP INDEX entity_damage; ALTER TABLE entity DROP COLUMN damage; ALTER TABLE projection DROP COLUMN row_hash;
                ALTER TABLE entity DROP COLUMN expiry; ALTER TABLE entity DROP COLUMN due_at; PRAGMA user_version = 1
                """;
            back.ExecuteNonQuery();
        }

        _store = Open();

        await AssertCountedAsync(["home/lamp", "a/b/c", "plain", "/x", "$flux/config"]);
        Assert.Equal(2, await _store.ReadModel.CountAsync(["home", "a", "nobody"], Token));
    }

    [Fact]
    public async Task The_read_model_shows_what_the_fold_of_the_log_gives()
    {
        _store.Projector.Start();
        var random = new Random(3);
        for (var i = 0; i < 100; i++)
        {
            await AppendAsync([.. Enumerable.Range(0, 10).Select(_ => RandomEvent(random))]);
        }

        await ProjectAsync();
        var states = new Dictionary<string, EntityState>(StringComparer.Ordinal);
        for (var at = 1; at <= 1000; at++)
        {
            var row = _store.Log.ReadAt(at);
            if (row.Data.Entity is { } key)
            {
                states[key.Id] = states.GetValueOrDefault(key.Id, EntityState.Empty).Apply(row);
            }
        }

        var expected = states.Where(s => s.Value.Exists).Select(s => s.Key).OrderBy(Encoding.UTF8.GetBytes, ByteOrder).ToList();
        var listed = await ListAsync(null, string.Empty);
        Assert.Equal(expected, listed.Select(e => e.Id));
        Assert.Equal(expected.Count, _store.ReadModel.EntityCount);
        await AssertCountedAsync(expected);
        foreach (var entity in listed)
        {
            Assert.Equal(PropertiesOf(states[entity.Id]), Encoding.UTF8.GetString(entity.Properties));
            Assert.Equal((states[entity.Id].Version, states[entity.Id].LastUpdated), (entity.Version, entity.LastUpdated));
        }
    }

    [Fact]
    public async Task What_is_large_is_to_be_written_before_much_of_it_waits()
    {
        for (var i = 0; i < 80; i++)
        {
            await AppendAsync(_events.Next($"home/{i}", "text", $"\"{new string('x', 1_000_000)}\""));
        }

        var projection = new EntityProjection(position: 0, entityCount: 0, new DamageReports());
        while (!projection.Pending.IsFull)
        {
            var page = await _store.Log.ReadAsync(LogScope.All, projection.Position.Next, ReadDirection.Forward, maxCount: 1, Token);
            projection.Apply(page.Events, find: _ => null);
        }

        Assert.InRange(projection.Position.Value, 60, 70); // 64 MiB
    }

    [Fact]
    public async Task An_entity_is_loaded_with_what_is_not_projected_yet()
    {
        await AppendAsync(_events.Next("home/lamp", "on", 1), _events.Next("home/lamp", "level", 2));
        await ReopenAsync(); // brings the read model up to here
        await AppendAsync(_events.Next("home/lamp", "on", 3), _events.Next("home/new", "on", 4));

        Assert.Equal(2, _store.ReadModel.Position.Value);
        var lamp = await LoadAsync("home/lamp");
        Assert.Equal((3, """{"level":2,"on":3}"""), (lamp.Version, PropertiesOf(lamp)));
        Assert.Equal("""{"on":4}""", PropertiesOf(await LoadAsync("home/new")));
        Assert.Same(EntityState.Empty, await LoadAsync("home/nobody"));
    }

    [Fact]
    public async Task A_deleted_entity_keeps_its_version_and_is_not_listed()
    {
        await AppendAsync(
            _events.Next("home/lamp", "on", 1),
            _events.Next(TestEvents.Data("""{"entity_id":"home/lamp","properties":{"__deleted__":true}}""")));
        await ReopenAsync();

        Assert.Empty(await ListAsync(null, string.Empty));
        Assert.Equal(0, _store.ReadModel.EntityCount);
        var lamp = await LoadAsync("home/lamp");
        Assert.Equal((2, false), (lamp.Version, lamp.Exists));
        var next = _events.Next("home/lamp", "on", 5);
        Assert.Equal(3, next.Version);
        await AppendAsync(next);
    }

    [Theory]
    [InlineData(null, "", "%|%/x|/|/lead|a/1|a/2|a/b/c|ab/1|a_/1|plain|é/1|😀/1")]
    [InlineData("a", "", "a/1|a/2|a/b/c")]
    [InlineData("a", "a", "a/1|a/2|a/b/c")]
    [InlineData("a", "a/b", "a/b/c")]
    [InlineData("a", "b", "")]
    [InlineData(null, "a", "a/1|a/2|a/b/c|ab/1|a_/1")]
    [InlineData(null, "a_", "a_/1")]
    [InlineData(null, "%", "%|%/x")]
    [InlineData("%", "", "%/x")]
    [InlineData("", "", "/|/lead")]
    [InlineData("", "p", "")]
    [InlineData("", "a", "")]
    [InlineData("é", "", "é/1")]
    [InlineData(null, "😀", "😀/1")]
    public async Task Lists_take_namespace_and_prefix_literally(string? ns, string prefix, string expected)
    {
        string[] ids = ["a/1", "a/2", "a/b/c", "ab/1", "a_/1", "%", "%/x", "/lead", "/", "plain", "é/1", "😀/1"];
        await AppendAsync([.. ids.Select(id => _events.Next(id, "n", 1))]);
        await ReopenAsync();

        var listed = (await ListAsync(ns, prefix)).Select(e => e.Id);

        Assert.Equal(
            expected.Split('|', StringSplitOptions.RemoveEmptyEntries).OrderBy(Encoding.UTF8.GetBytes, ByteOrder), listed);
    }

    [Fact]
    public async Task A_list_longer_than_a_page_is_whole_and_in_order()
    {
        await AppendAsync([.. Enumerable.Range(0, 3500).Select(i => _events.Next($"{(i % 2 == 0 ? "even" : "odd")}/{i:D5}", "n", i))]);
        await ReopenAsync();

        Assert.Equal(Enumerable.Range(0, 1750).Select(i => $"even/{i * 2:D5}"), (await ListAsync("even", string.Empty)).Select(e => e.Id));
        Assert.Equal(3500, (await ListAsync(null, string.Empty)).Count);
        Assert.Empty(await ListAsync(string.Empty, string.Empty));
    }

    [Fact]
    public async Task Waiting_hurries_the_projection()
    {
        await _store.DisposeAsync();
        _store = Open(linger: TimeSpan.FromDays(1), TimeProvider.System, NullLoggerFactory.Instance);
        _store.Projector.Start();
        await AppendAsync(_events.Next("home/lamp", "on", 1));

        Assert.True(await _store.ReadModel.WaitForAsync(new Position(1), Limit, Token));

        Assert.Single(await ListAsync(null, string.Empty));
        Assert.Equal((_store.Log.Head.Position, TimeSpan.Zero), (_store.ReadModel.Position, _store.ProjectionLag));
    }

    [Fact]
    public async Task Waiting_for_a_projection_that_stands_still_runs_out()
    {
        await AppendAsync(_events.Next("home/lamp", "on", 1));

        Assert.False(await _store.ReadModel.WaitForAsync(new Position(1), TimeSpan.FromMilliseconds(1), Token));
        Assert.Equal(1, _store.Log.Head.Position.Value - _store.ReadModel.Position.Value);
        Assert.True(_store.ProjectionLag > TimeSpan.Zero);
    }

    [Fact]
    public async Task What_a_failed_flush_left_is_not_written_when_the_server_stops()
    {
        var warnings = new WarningLog();
        await _store.DisposeAsync();
        _store = Open(linger: TimeSpan.Zero, new FakeTimeProvider(), warnings); // on whose clock it never comes to another try
        await AppendAsync(_events.Next("home/lamp", "on", 1, id: "e1"));
        Execute("ALTER TABLE event_id RENAME TO elsewhere"); // written behind the entities
        _store.Projector.Start();
        await warnings.NextAsync(Token);
        Execute("ALTER TABLE elsewhere RENAME TO event_id");

        await ReopenAsync();

        Assert.Equal(1, (await LoadAsync("home/lamp")).Version);
        Assert.Equal("home/lamp", Assert.Single(await ListAsync(null, string.Empty)).Id);
    }

    [Fact]
    public async Task A_read_model_that_cannot_be_opened_after_a_failed_flush_is_tried_again_until_it_can()
    {
        var warnings = new WarningLog();
        await _store.DisposeAsync();
        _store = Open(linger: TimeSpan.Zero, TimeProvider.System, warnings);
        await AppendAsync(_events.Next("home/lamp", "on", 1, id: "e1"));
        Execute("ALTER TABLE event_id RENAME TO elsewhere");
        _store.Projector.Start();
        await warnings.NextAsync(Token); // the flush
        await warnings.NextAsync(Token); // the opening
        Execute("ALTER TABLE elsewhere RENAME TO event_id");

        Assert.True(await _store.ReadModel.WaitForAsync(new Position(1), Limit, Token));
        Assert.Equal("home/lamp", Assert.Single(await ListAsync(null, string.Empty)).Id);
    }

    [Fact]
    public async Task Of_two_events_with_one_id_the_first_stands_and_the_projection_goes_on()
    {
        await AppendAsync(_events.Next("home/lamp", "on", 1, id: "e1"));
        await ReopenAsync();
        await AppendAsync(_events.Next("home/lamp", "on", 2, id: "e2"));
        Execute("INSERT INTO event_id VALUES ('home', 'e2', 1)"); // as if the log had recorded it at 1

        _store.Projector.Start();

        Assert.True(await _store.ReadModel.WaitForAsync(new Position(2), Limit, Token));
        Assert.Equal(2, (await _store.ReadModel.LoadAsync(EntityKey.Trusted("home/lamp"), Token)).Version);
        Assert.Equal(1, (await _store.Log.FindByEventIdAsync("home", "e2", Token))!.Position.Value);
    }

    [Fact]
    public async Task A_read_model_of_another_log_is_thrown_away()
    {
        await AppendAsync(_events.Next("home/lamp", "on", 1), _events.Next("home/fan", "on", 1));
        await ReopenAsync();
        await _store.DisposeAsync();
        using var other = new TempDirectory();
        await EmbeddedStore.Open(
            new EmbeddedStoreOptions { Directory = other.Path }, TestEvents.Instruments, TimeProvider.System, NullLoggerFactory.Instance, Token).DisposeAsync();
        foreach (var file in Directory.GetFiles(_home.Path, "log.db*"))
        {
            File.Delete(file);
        }

        File.Copy(other["log.db"], _home["log.db"]);

        _store = Open();

        Assert.Equal((0, 0), (_store.ReadModel.EntityCount, _store.ReadModel.Position.Value));
        Assert.Same(EntityState.Empty, await LoadAsync("home/lamp"));
    }

    private async Task AssertCountedAsync(IEnumerable<string> existing)
    {
        foreach (var ns in existing.GroupBy(id => EntityKey.Trusted(id).Namespace))
        {
            Assert.Equal(ns.Count(), await _store.ReadModel.CountAsync([ns.Key], Token));
        }
    }

    private static Comparer<byte[]> ByteOrder { get; } = Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b));

    private static string PropertiesOf(EntityState state)
    {
        var output = new ArrayBufferWriter<byte>();
        state.WriteProperties(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private EmbeddedStore Open() => Open(TimeSpan.FromMilliseconds(20), TimeProvider.System, NullLoggerFactory.Instance);

    private EmbeddedStore Open(TimeSpan linger, TimeProvider time, ILoggerFactory loggers) => EmbeddedStore.Open(
        new EmbeddedStoreOptions { Directory = _home.Path, ProjectionLinger = linger }, TestEvents.Instruments, time, loggers, Token);

    private void Execute(string sql)
    {
        using var database = SqliteDatabase.Open(_home["read-model.db"], SqliteOpenMode.ReadWrite);
        database.Execute(sql);
    }

    private async Task ReopenAsync()
    {
        await _store.DisposeAsync();
        _store = Open();
    }

    private async Task AppendAsync(params EventToAppend[] events) =>
        Assert.All(await _store.Log.AppendAsync(events, Token), result => Assert.IsType<AppendResult.Appended>(result));

    private async Task ProjectAsync() => Assert.True(await _store.ReadModel.WaitForAsync(_store.Log.Head.Position, Limit, Token));

    private async Task<EntityState> LoadAsync(string id) => await _store.ReadModel.LoadAsync(EntityKey.Trusted(id), Token);

    private async Task<List<ListedEntity>> ListAsync(string? ns, string prefix)
    {
        var all = new List<ListedEntity>();
        await foreach (var entity in _store.ReadModel.ListAsync(ns, prefix, Token))
        {
            all.Add(entity);
        }

        return all;
    }

    private EventToAppend RandomEvent(Random random)
    {
        var entity = $"space/{random.Next(30)}";
        var id = random.Next(3) == 0 ? Guid.NewGuid().ToString() : null;
        return _events.Next(TestEvents.Data(
            random.Next(20) switch
            {
                0 => $$$"""{"entity_id":"{{{entity}}}","properties":{"__deleted__":true}}""",
                1 => "{}",
                2 => $$$"""{"entity_id":"{{{entity}}}"}""",
                _ => TestEvents.Set(entity, $"p{random.Next(5)}", random.Next()),
            },
            id));
    }

    // All that the read model says, but for the row numbers, which depend on when it was written.
    private List<string> Dump()
    {
        using var database = SqliteDatabase.Open(_home["read-model.db"], SqliteOpenMode.ReadOnly);
        var dump = new List<string>();
        foreach (var sql in (string[])
        [
            "SELECT id, version, hex(hash), last_updated, is_deleted, properties, hex(recent), '' FROM entity ORDER BY id",
            "SELECT id, chunk, hex(positions), '', '', '', '', '' FROM entity_event JOIN entity USING (entity_no) ORDER BY id, chunk",
            """
            SELECT id, s.version, hex(s.hash), s.last_updated, s.properties, hex(s.digest), '', ''
              FROM entity_snapshot s JOIN entity USING (entity_no) ORDER BY id, s.version
            """,
            "SELECT namespace, event_id, position, '', '', '', '', '' FROM event_id ORDER BY namespace, event_id",
            "SELECT epoch, position, entity_count, '', '', '', '', '' FROM projection",
        ])
        {
            using var rows = new SqliteStatement(database.Handle, sql);
            while (rows.Step())
            {
                dump.Add(string.Join('|', Enumerable.Range(0, 8).Select(rows.Text)));
            }
        }

        return dump;
    }
}
