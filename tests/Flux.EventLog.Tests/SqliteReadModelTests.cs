using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.EventLog.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flux.EventLog.Tests;

public sealed class SqliteReadModelTests : ReadModelConformance
{
    private readonly TempDirectory _home = new();
    private EmbeddedStore? _store;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task A_read_model_of_a_version_without_snapshots_is_built_again_when_it_is_opened()
    {
        await AppendManyAsync("home/lamp", 600);
        await AppendAsync(Events.Next("home/fan", "n", 1, id: "e1"), Events.Next("home/door", "n", 1), Delete("home/door"));
        await ProjectAsync();
        await CloseAsync();
        using (var file = Open("read-model.db"))
        {
            file.Execute("""
                DROP TABLE entity_snapshot; DROP TABLE checkpoint; DROP TABLE checkpoint_entity; DROP TABLE series_chunk;
                DROP TABLE series_stretch; DROP INDEX entity_due; DROP INDEX entity_damage;
                ALTER TABLE entity DROP COLUMN damage; ALTER TABLE projection DROP COLUMN row_hash;
                ALTER TABLE entity DROP COLUMN expiry; ALTER TABLE entity DROP COLUMN due_at;
                PRAGMA user_version = 2
                """);
        }

        await ReopenAsync();

        Assert.Equal(new Position(603), ReadModel.Position);
        Assert.Equal([256, 512], await FindSnapshotsAsync("home/lamp"));
        await AssertEveryVersionAsync("home/lamp", 600);
        Assert.Equal((await LoadAsync("home/lamp", 600)).Exists ? 2 : 1, ReadModel.EntityCount);
        Assert.Equal(ReadModel.EntityCount, await ReadModel.CountAsync(["home"], Token));
        Assert.Equal(601, (await Log.FindByEventIdAsync("home", "e1", Token))!.Position.Value);
    }

    [Fact]
    public async Task A_damaged_index_is_unavailable_to_who_meets_it_and_is_built_again()
    {
        await AppendAsync(Events.Next("home/lamp", "n", 1, id: "e1"));
        await ProjectAsync();
        await CloseAsync();
        long page, size;
        using (var file = Open("read-model.db"))
        {
            page = file.QueryInt64("SELECT rootpage FROM sqlite_schema WHERE name = 'event_id'");
            size = file.QueryInt64("PRAGMA page_size");
        }

        await using (var file = File.OpenWrite(_home["read-model.db"]))
        {
            file.Position = (page - 1) * size;
            file.Write(Enumerable.Repeat((byte)0xff, (int)size).ToArray());
        }

        await ReopenAsync();
        await Assert.ThrowsAsync<EventLogUnavailableException>(async () => await Log.FindByEventIdAsync("home", "e1", Token));
        await ReopenAsync();

        Assert.Equal(1, (await Log.FindByEventIdAsync("home", "e1", Token))!.Position.Value);
    }

    [Theory]
    [InlineData("properties = x'7b'")]
    [InlineData("expiry = x'5b5d'")]
    [InlineData("recent = x'ffffffffffffffffffffff'")]
    [InlineData("damage = 'nothing'")]
    public async Task A_row_that_cannot_be_read_is_built_again_with_all_others(string change)
    {
        await AppendManyAsync("home/lamp", 3);
        await ProjectAsync();
        await CloseAsync();
        using (var file = Open("read-model.db"))
        {
            file.Execute($"UPDATE entity SET {change}");
        }

        await ReopenAsync();
        await AppendAsync(Events.Next("home/lamp", "n", 7)); // which the projection cannot fold onto that
        await Assert.ThrowsAsync<SqliteException>(() => _store!.Projector.Completion.WaitAsync(TimeSpan.FromSeconds(30), Token));
        await ReopenAsync();

        Assert.Equal(new Position(4), ReadModel.Position);
        await AssertEveryVersionAsync("home/lamp", 4);
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_does_not_keep_the_store_from_opening_after_a_crash()
    {
        await AppendManyAsync("home/lamp", 3);
        await ProjectAsync();
        await CloseAsync();
        using (var file = Open("read-model.db"))
        {
            file.Execute("UPDATE entity SET properties = x'7b'; UPDATE projection SET position = 2, row_hash = NULL"); // the last event is still to be projected
        }

        await ReopenAsync();

        await AssertEveryVersionAsync("home/lamp", 3);
    }

    protected override ValueTask<(IEventLog Log, IReadModel ReadModel)> OpenAsync()
    {
        _store = EmbeddedStore.Open(
            new EmbeddedStoreOptions { Directory = _home.Path, ProjectionLinger = TimeSpan.FromMilliseconds(20) },
            TestEvents.Instruments,
            TimeProvider.System,
            NullLoggerFactory.Instance,
            Token);
        _store.Projector.Start();
        return new((_store.Log, _store.ReadModel));
    }

    protected override async ValueTask CloseAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
            _store = null;
        }
    }

    protected override Task RemoveEventsAsync(Position first, Position last)
    {
        using var file = Open("log.db");
        file.Execute($"DELETE FROM event WHERE position BETWEEN {first} AND {last}");
        return Task.CompletedTask;
    }

    protected override Task RemoveSnapshotsAsync(string id)
    {
        using var file = Open("read-model.db");
        file.Execute($"DELETE FROM entity_snapshot WHERE entity_no = (SELECT entity_no FROM entity WHERE id = '{id}')");
        return Task.CompletedTask;
    }

    protected override Task DamageSnapshotAsync(string id, long version)
    {
        using var file = Open("read-model.db");
        file.Execute(
            $"""
            UPDATE entity_snapshot SET properties = CAST(json_set(CAST(properties AS TEXT), '$.damage', 1) AS BLOB)
             WHERE version = {version} AND entity_no = (SELECT entity_no FROM entity WHERE id = '{id}')
            """);
        return Task.CompletedTask;
    }

    protected override Task<List<long>> FindSnapshotsAsync(string id)
    {
        using var file = Open("read-model.db");
        using var rows = new SqliteStatement(
            file.Handle, "SELECT s.version FROM entity_snapshot s JOIN entity e USING (entity_no) WHERE e.id = ?1 ORDER BY s.version");
        rows.BindText(1, id);
        var versions = new List<long>();
        while (rows.Step())
        {
            versions.Add(rows.Int64(0));
        }

        return Task.FromResult(versions);
    }

    private SqliteDatabase Open(string file) => SqliteDatabase.Open(_home[file], SqliteOpenMode.ReadWrite);
}
