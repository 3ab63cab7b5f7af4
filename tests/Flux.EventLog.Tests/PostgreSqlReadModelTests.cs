using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.EventLog.PostgreSql;
using Flux.Testing.PostgreSql;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flux.EventLog.Tests;

public sealed class PostgreSqlReadModelTests(SharedPostgreSql server) : ReadModelConformance
{
    private string? _database;
    private PostgreSqlStore? _store;
    private IProjectionLoop? _loop;

    protected override async ValueTask<(IEventLog Log, IReadModel ReadModel)> OpenAsync()
    {
        Assert.SkipWhen(PostgreSqlServer.WhyMissing is not null, PostgreSqlServer.WhyMissing ?? string.Empty);
        _database ??= await server.CreateDatabaseAsync(Token);
        _store = await PostgreSqlStore.OpenAsync(
            new PostgreSqlOptions { ConnectionString = _database, PartitionEvents = 1000 }, TimeProvider.System, NullLoggerFactory.Instance, Token);
        _store.Log.StartAs("silo");
        _loop = await _store.CreateProjectionAsync(TestEvents.Instruments, Token);
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

    protected override Task RemoveEventsAsync(Position first, Position last) => SqlAsync($"DELETE FROM event WHERE position BETWEEN {first} AND {last}");

    protected override Task RemoveSnapshotsAsync(string id) => SqlAsync($"DELETE FROM entity_snapshot WHERE entity = '{id}'");

    protected override Task DamageSnapshotAsync(string id, long version) => SqlAsync(
        $"UPDATE entity_snapshot SET properties = convert_to('{{\"damage\":1}}', 'UTF8') WHERE entity = '{id}' AND version = {version}");

    protected override async Task<List<long>> FindSnapshotsAsync(string id) =>
        [.. (long[])(await PostgreSqlServer.ExecuteAsync(
            _database!, $"SELECT coalesce(array_agg(version ORDER BY version), '{{}}') FROM entity_snapshot WHERE entity = '{id}'", Token))!];

    private Task<object?> SqlAsync(string sql) => PostgreSqlServer.ExecuteAsync(_database!, sql, Token);
}
