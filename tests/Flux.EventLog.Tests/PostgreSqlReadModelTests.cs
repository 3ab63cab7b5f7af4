using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.EventLog.PostgreSql;
using Flux.Testing.PostgreSql;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flux.EventLog.Tests;

public sealed class PostgreSqlReadModelTests(SharedPostgreSql server) : ReadModelConformance
{
    private string? _database;
    private PostgreSqlStore? _store;
    private PostgreSqlProjection? _loop;

    [Fact]
    public async Task What_was_recorded_before_there_were_snapshots_gets_them_after_the_upgrade()
    {
        await AppendManyAsync("home/lamp", 700);
        await AppendManyAsync("home/fan", 512); // its row is at a version that has a snapshot
        await AppendManyAsync("home/door", 255);
        await AppendManyAsync("", 256);
        await ProjectAsync();
        await CloseAsync();
        await SqlAsync("TRUNCATE entity_snapshot; UPDATE projection SET snapshots_to = 0"); // as the schema script leaves it
        await ReopenAsync();

        await _loop!.Backfilling.WaitAsync(TimeSpan.FromSeconds(30), Token);

        Assert.Equal([256, 512], await FindSnapshotsAsync("home/lamp"));
        Assert.Equal([256, 512], await FindSnapshotsAsync("home/fan"));
        Assert.Equal([256], await FindSnapshotsAsync(""));
        Assert.Empty(await FindSnapshotsAsync("home/door"));
        Assert.Equal(0L, await SqlAsync("SELECT snapshots_from FROM projection"));
        await AssertEveryVersionAsync("home/lamp", 700);
        await AssertEveryVersionAsync("home/fan", 512);
    }

    [Fact]
    public async Task A_silo_without_snapshots_that_projects_during_an_upgrade_leaves_none_missing()
    {
        await AppendManyAsync("home/lamp", 300);
        await ProjectAsync();
        await _loop!.DisposeAsync();
        await AppendManyAsync("home/lamp", 500);

        // What such a silo writes.
        var state = await ReadModel.LoadAsync(EntityKey.Trusted("home/lamp"), Token);
        await SqlAsync(
            $"""
            UPDATE entity SET version = 800, hash = '\x{Convert.ToHexString(state.Hash)}', last_updated = {state.LastUpdated.Microseconds},
                              is_deleted = {!state.Exists}, properties = convert_to('{PropertiesOf(state)}', 'UTF8');
            UPDATE projection SET position = 800, counted = 800
            """);
        await ReopenAsync();
        await AppendManyAsync("home/lamp", 300);
        await ProjectAsync();

        await _loop.Backfilling.WaitAsync(TimeSpan.FromSeconds(30), Token);

        Assert.Equal([256, 512, 768, 1024], await FindSnapshotsAsync("home/lamp"));
        Assert.Equal(0L, await SqlAsync("SELECT snapshots_from FROM projection"));
        await AssertEveryVersionAsync("home/lamp", 1100);
    }

    [Fact]
    public async Task What_the_database_has_lost_of_the_read_model_is_not_left_out_without_a_word()
    {
        await AppendAsync(Events.Next("home/lamp", "n", 1), Events.Next("home/fan", "n", 1));
        await ProjectAsync();
        await _loop!.DisposeAsync(); // else it would write it again
        await LoseTheFanAsync();

        await ProjectAsync(); // so it remembers

        await Assert.ThrowsAsync<EventLogUnavailableException>(async () => await ReadModel.ReadPageAsync(EntityRange.Everything, 10, Token));
        await Assert.ThrowsAsync<EventLogUnavailableException>(async () => await ReadModel.CountAsync(["home"], Token));
        await Assert.ThrowsAsync<EventLogUnavailableException>(async () => await _store!.Past.ReadPageAsync(EntityRange.Everything, new Position(2), 10, Token));
        await Assert.ThrowsAsync<EventLogUnavailableException>(
            async () => await _store!.Past.ListAsync(EntityRange.Everything, new Position(2), Token).ToListAsync(Token));
    }

    [Fact]
    public async Task What_the_database_has_lost_of_the_read_model_is_written_again_though_no_event_comes()
    {
        await AppendAsync(Events.Next("home/lamp", "n", 1), Events.Next("home/fan", "n", 1));
        await ProjectAsync();

        await LoseTheFanAsync();

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        while (await SqlAsync("SELECT position FROM projection") is not 2L)
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }

        var page = await ReadModel.ReadPageAsync(EntityRange.Everything, 10, Token);
        Assert.Equal(["home/fan", "home/lamp"], page.Entities.Select(entity => entity.Id));
        Assert.Equal(2, await ReadModel.CountAsync(["home"], Token));
    }

    protected override async ValueTask<(IEventLog Log, IReadModel ReadModel)> OpenAsync()
    {
        Assert.SkipWhen(PostgreSqlServer.WhyMissing is not null, PostgreSqlServer.WhyMissing ?? string.Empty);
        _database ??= await server.CreateDatabaseAsync(Token);
        _store = await PostgreSqlStore.OpenAsync(
            new PostgreSqlOptions { ConnectionString = _database, PartitionEvents = 1000 }, TimeProvider.System, NullLoggerFactory.Instance, Token);
        _store.Log.StartAs("silo");
        _loop = (PostgreSqlProjection)await _store.CreateProjectionAsync(TestEvents.Instruments, Token);
        _loop.Start();
        return (_store.Log, _store.CreateReadModel(_loop));
    }

    protected override async ValueTask CloseAsync()
    {
        if (_store is not null)
        {
            await _loop!.DisposeAsync();
            await _store.DisposeAsync();
            _store = null;
        }
    }

    protected override Task RemoveEventsAsync(Position first, Position last) =>
        SqlAsync($"DELETE FROM event WHERE position BETWEEN {first} AND {last}");

    protected override Task RemoveSnapshotsAsync(string id) => SqlAsync($"DELETE FROM entity_snapshot WHERE entity = '{id}'");

    protected override Task DamageSnapshotAsync(string id, long version) => SqlAsync(
        $"UPDATE entity_snapshot SET properties = convert_to('{{\"damage\":1}}', 'UTF8') WHERE entity = '{id}' AND version = {version}");

    protected override async Task<List<long>> FindSnapshotsAsync(string id) =>
        [.. (long[])(await PostgreSqlServer.ExecuteAsync(
            _database!, $"SELECT coalesce(array_agg(version ORDER BY version), '{{}}') FROM entity_snapshot WHERE entity = '{id}'", Token))!];

    // As a crash of the database may: of two commits of the projection the last one.
    private Task<object?> LoseTheFanAsync() => SqlAsync(
        """
        DELETE FROM entity WHERE id = 'home/fan';
        UPDATE namespace_count SET entity_count = 1;
        UPDATE projection SET position = 1, entity_count = 1, counted = 1, snapshots_to = 1, row_hash_at = 1,
                              row_hash = (SELECT hash FROM event WHERE position = 1)
        """);

    private Task<object?> SqlAsync(string sql) => PostgreSqlServer.ExecuteAsync(_database!, sql, Token);
}
