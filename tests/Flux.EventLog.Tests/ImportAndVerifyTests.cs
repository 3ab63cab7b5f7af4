using Flux.Core.Log;
using Flux.EventLog.PostgreSql;
using Flux.EventLog.Sqlite;
using Flux.Testing.PostgreSql;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flux.EventLog.Tests;

/// <summary>An embedded log becomes one on PostgreSQL, and what was changed behind its back is found on either.</summary>
public sealed class ImportAndVerifyTests(SharedPostgreSql server) : IAsyncLifetime
{
    private readonly TempDirectory _home = new();
    private readonly TestEvents _events = new();
    private PostgreSqlOptions _options = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(PostgreSqlServer.WhyMissing is not null, PostgreSqlServer.WhyMissing ?? string.Empty);
        _options = new PostgreSqlOptions { ConnectionString = await server.CreateDatabaseAsync(Token), PartitionEvents = 100 };
        await using var store = await OpenAsync();
    }

    public ValueTask DisposeAsync()
    {
        _home.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task An_imported_log_has_the_same_events_hashes_digest_and_epoch_and_goes_on()
    {
        var (epoch, head, rows) = await FillAsync();

        var imported = await EmbeddedStoreImport.ImportAsync(_home["data"], _options, progress: null, Token);

        Assert.Equal((head.Position, head.RecordedAt), (imported.Position, imported.RecordedAt));
        await using var store = await OpenAsync();
        Assert.Equal(epoch, store.Log.Epoch);
        Assert.Equal(head.Digest, (await store.Log.ReadHeadAsync(Token)).Digest);
        var read = await ReadAllAsync(store.Log);
        Assert.Equal(rows.Select(Describe), read.Select(Describe));

        var repeated = await store.Log.AppendAsync([_events.NextUnrecorded(rows[7].Data)], Token);
        Assert.Equal(rows[7].Position, Assert.IsType<AppendResult.Duplicate>(repeated[0]).Event.Position);
        var next = await store.Log.AppendAsync([_events.Next("a/1", "n", 1)], Token);
        Assert.Equal(head.Position.Next, Assert.IsType<AppendResult.Appended>(next[0]).Event.Position);
        Assert.Equal(head.Position.Next, (await LogVerification.VerifyPostgreSqlAsync(_options, expected: null, progress: null, Token)).Head.Position);
    }

    [Fact]
    public async Task A_log_that_is_not_empty_is_not_imported_into()
    {
        await FillAsync();
        await EmbeddedStoreImport.ImportAsync(_home["data"], _options, progress: null, Token);

        var e = await Assert.ThrowsAsync<PostgreSqlUnusableException>(() => EmbeddedStoreImport.ImportAsync(_home["data"], _options, progress: null, Token));

        Assert.Contains("already", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UPDATE event SET payload = payload || '\\x20'::bytea WHERE position = 17", 17)]
    [InlineData("UPDATE event SET hash = set_byte(hash, 3, (get_byte(hash, 3) + 1) % 256) WHERE position = 101", 101)]
    [InlineData("DELETE FROM event WHERE position = 250", 250)]
    [InlineData("UPDATE log_commit SET recorded_at = recorded_at + 1 WHERE first_position = 61", 61)]
    [InlineData("UPDATE log_head SET digest = decode(repeat('00', 32), 'hex')", 300)]
    public async Task Any_change_behind_its_back_is_found_and_named(string sql, int named)
    {
        await FillAsync();
        await EmbeddedStoreImport.ImportAsync(_home["data"], _options, progress: null, Token);
        await LogVerification.VerifyPostgreSqlAsync(_options, expected: null, progress: null, Token);

        await PostgreSqlServer.ExecuteAsync(_options.ConnectionString, sql, Token);

        var e = await Assert.ThrowsAsync<InvalidDataException>(() => LogVerification.VerifyPostgreSqlAsync(_options, expected: null, progress: null, Token));
        Assert.Contains($"position {named}", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "ALTER TABLE entity DROP COLUMN damage; DELETE FROM flux_schema WHERE feature = 'quarantine'", "schema 0 of quarantine", "start a silo")]
    [InlineData("UPDATE flux_schema SET version = 99 WHERE feature = 'store'", "schema 99 of store", "use the newer version")]
    [InlineData("UPDATE flux_schema SET version = 99 WHERE feature = 'time'", "schema 99 of time", "use the newer version")]
    [InlineData("UPDATE flux_schema SET version = 99 WHERE feature = 'epoch'", "schema 99 of epoch", "use the newer version")]
    public async Task A_database_of_another_version_is_refused_and_not_taken_for_a_damaged_one(string sql, string found, string advice)
    {
        await PostgreSqlServer.ExecuteAsync(_options.ConnectionString, sql, Token);

        var e = await Assert.ThrowsAsync<PostgreSqlUnusableException>(
            () => LogVerification.VerifyPostgreSqlAsync(_options, expected: null, progress: null, Token));

        Assert.Contains(found, e.Message, StringComparison.Ordinal);
        Assert.Contains(advice, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_embedded_log_is_verified_while_it_is_in_use_and_a_change_is_found()
    {
        var (_, head, _) = await FillAsync();
        await using (EmbeddedLock())
        {
            Assert.Equal(head.Position, (await LogVerification.VerifyEmbeddedAsync(_home["data"], expected: null, progress: null, Token)).Head.Position);
        }

        using (var database = SqliteDatabase.Open(Path.Combine(_home["data"], "log.db"), Microsoft.Data.Sqlite.SqliteOpenMode.ReadWrite))
        {
            database.Execute("UPDATE event SET payload = payload || x'20' WHERE position = 17");
        }

        var e = await Assert.ThrowsAsync<InvalidDataException>(() => LogVerification.VerifyEmbeddedAsync(_home["data"], expected: null, progress: null, Token));
        Assert.Contains("position 17 ", e.Message, StringComparison.Ordinal);
    }

    private static string Describe(RecordedEvent row) =>
        $"{row.Position} {row.RecordedAt} {row.Version} {row.Data.EventId} {row.Data.EventIdIsGiven} {row.Data.TimestampIsGiven} {Convert.ToHexString(row.Hash)}";

    private static async Task<List<RecordedEvent>> ReadAllAsync(IEventLog log)
    {
        var all = new List<RecordedEvent>();
        LogPage page;
        var from = new Position(1);
        do
        {
            page = await log.ReadAsync(LogScope.All, from, ReadDirection.Forward, 64, Token);
            all.AddRange(page.Events);
            from = page.Next;
        }
        while (!page.IsLast);
        return all;
    }

    private EmbeddedStore EmbeddedLock() => EmbeddedStore.Open(
        new EmbeddedStoreOptions { Directory = _home["data"] }, TestEvents.Instruments, TimeProvider.System, NullLoggerFactory.Instance, Token);

    private async Task<(Guid Epoch, LogHead Head, List<RecordedEvent> Rows)> FillAsync()
    {
        await using var store = EmbeddedLock();
        for (var i = 0; i < 50; i++)
        {
            await store.Log.AppendAsync(
                [
                    _events.Next("a/1", "n", i), _events.Next("b/1", "n", i, id: $"id-{i}"), _events.Next(TestEvents.Data("{}", timestamp: 7)),
                    _events.Next("a/1", "é", i), _events.Next(TestEvents.Data("""{"entity_id":"b/2","properties":{"__deleted__":true}}""")), _events.Next("plain", "n", i),
                ],
                Token);
        }

        return (store.Log.Epoch, store.Log.Head, await ReadAllAsync(store.Log));
    }

    private async Task<PostgreSqlStore> OpenAsync()
    {
        var store = await PostgreSqlStore.OpenAsync(_options, TimeProvider.System, NullLoggerFactory.Instance, Token);
        store.Log.StartAs("silo");
        return store;
    }
}
