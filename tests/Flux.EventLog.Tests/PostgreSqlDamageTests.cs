using System.Data.Common;
using System.Globalization;
using System.Text;
using Flux.Core.Log;
using Flux.EventLog.PostgreSql;
using Flux.Testing.PostgreSql;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flux.EventLog.Tests;

public sealed class PostgreSqlDamageTests(SharedPostgreSql server) : DamageConformance
{
    private static readonly string[] Tables =
        ["event", "log_commit", "log_head", "log_meta", "entity_event", "event_id", "entity", "entity_snapshot", "namespace_count", "projection"];

    private string _database = string.Empty;

    protected override int ShortTimes => 12;

    protected override IReadOnlyList<string> LogColumns =>
    [
        "event position position", "event position entity", "event position version", "event position event_id", "event position envelope",
        "event position payload", "event position before", "event position cause", "event position hash",
        "log_commit first_position first_position", "log_commit first_position count", "log_commit first_position recorded_at",
        "log_commit first_position id", "log_commit first_position writer", "log_commit first_position digest", "log_meta epoch epoch", "log_meta epoch digest", "log_head digest digest", "log_head position position", "log_head recorded_at recorded_at",
    ];

    protected override IReadOnlyList<string> ReadModelColumns =>
    [
        "entity id id", "entity id version", "entity id hash", "entity id last_updated", "entity id is_deleted", "entity id properties", "entity id expiry", "entity id due_at",
        "entity_event position entity", "entity_event position version", "entity_event position position",
        "event_id event_id event_id", "event_id event_id position", "event_id event_id namespace", "namespace_count namespace entity_count",
        "namespace_count namespace namespace", "projection position entity_count",
        "entity_snapshot digest entity", "entity_snapshot digest version", "entity_snapshot digest hash", "entity_snapshot digest last_updated",
        "entity_snapshot digest properties", "entity_snapshot digest expiry", "entity_snapshot digest digest",
    ];

    protected override IReadOnlyList<string> ReadModelTables => ["entity", "entity_event", "event_id", "namespace_count", "entity_snapshot"];

    protected override async Task FillAsync()
    {
        Assert.SkipWhen(PostgreSqlServer.WhyMissing is not null, PostgreSqlServer.WhyMissing ?? string.Empty);
        _database = await server.CreateDatabaseAsync(Token);
        var options = new PostgreSqlOptions { ConnectionString = _database, PartitionEvents = 500 };
        await using (var store = await PostgreSqlStore.OpenAsync(options, TimeProvider.System, NullLoggerFactory.Instance, Token))
        {
            store.Log.StartAs("silo");
            await WholeWorld.FillAsync(store.Log, seed: 5, Token);
            await using var loop = (PostgreSqlProjection)await store.CreateProjectionAsync(TestEvents.Instruments, Token);
            loop.Start();
            Assert.True(await store.CreateReadModel(loop).WaitForAsync(new Position(WholeWorld.Events), TimeSpan.FromSeconds(30), Token), "not projected in 30 s");
        }

        await ExecuteAsync(_database, "event", "CREATE SCHEMA kept;" + string.Concat(Tables.Select(table => $"CREATE TABLE kept.{table} AS TABLE {table};")));
    }

    // A copy of a database takes a second and more, putting back what was there a tenth of it.
    protected override async Task<string> CopyAsync()
    {
        var sql = new StringBuilder();
        foreach (var table in Tables)
        {
            sql.Append(CultureInfo.InvariantCulture, $"ALTER TABLE IF EXISTS {table}_gone RENAME TO {table}; DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept.{table};");
        }

        await ExecuteAsync(_database, "event", sql.ToString());
        return _database;
    }

    protected override async Task<DbConnection> ConnectAsync(string copy, string table) => await PostgreSqlServer.ConnectAsync(copy, Token);

    protected override Task CutAsync(string copy, long newHead) => ExecuteAsync(
        copy,
        "event",
        $"""
        DELETE FROM event WHERE position > {newHead}; DELETE FROM entity_event WHERE position > {newHead}; DELETE FROM event_id WHERE position > {newHead};
        DELETE FROM log_commit WHERE first_position > {newHead};
        UPDATE log_head SET position = {newHead},
               recorded_at = (SELECT recorded_at FROM log_commit ORDER BY first_position DESC LIMIT 1),
               digest = (SELECT digest FROM log_commit ORDER BY first_position DESC LIMIT 1);
        TRUNCATE entity, entity_snapshot, namespace_count;
        UPDATE projection SET position = 0, entity_count = 0, counted = 0, snapshots_from = 0, snapshots_to = 0
        """);

    protected override Task ForgetReadModelAsync(string copy) => ExecuteAsync(
        copy,
        "event",
        """
        TRUNCATE entity, entity_snapshot, namespace_count, checkpoint, checkpoint_entity, series_chunk, series_stretch;
        UPDATE projection SET position = 0, entity_count = 0, counted = 0, snapshots_from = 0, snapshots_to = 0
        """);

    private protected override async Task<OpenedStore> OpenAsync(string copy)
    {
        var store = await PostgreSqlStore.OpenAsync(
            new PostgreSqlOptions { ConnectionString = copy, PartitionEvents = 10_000 }, TimeProvider.System, NullLoggerFactory.Instance, Token);
        store.Log.StartAs("silo");
        var loop = (PostgreSqlProjection)await store.CreateProjectionAsync(TestEvents.Instruments, Token);
        loop.Start();
        return new OpenedStore(store.Log, store.Checked, store.CreateReadModel(loop), store.Past, store.CreateSeriesReader(), store.Damages, loop, store);
    }

    protected override Task RemoveTableAsync(string copy, string table) => ExecuteAsync(copy, table, $"ALTER TABLE {table} RENAME TO {table}_gone");

    protected override Task<VerifiedLog> VerifyAsync(string copy, HeadDigest? expected) =>
        LogVerification.VerifyPostgreSqlAsync(new PostgreSqlOptions { ConnectionString = copy }, expected, progress: null, Token);
}
