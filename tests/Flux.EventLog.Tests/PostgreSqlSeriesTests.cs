using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.Core.Series;
using Flux.EventLog.PostgreSql;
using Flux.Testing.PostgreSql;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flux.EventLog.Tests;

public sealed class PostgreSqlSeriesTests(SharedPostgreSql server) : SeriesConformance
{
    private string? _database;
    private PostgreSqlStore? _store;
    private IProjectionLoop? _loop;

    protected override async ValueTask<(IEventLog Log, IReadModel ReadModel, ISeriesReader Series)> OpenAsync()
    {
        Assert.SkipWhen(PostgreSqlServer.WhyMissing is not null, PostgreSqlServer.WhyMissing ?? string.Empty);
        _database ??= await server.CreateDatabaseAsync(Token);
        _store = await PostgreSqlStore.OpenAsync(
            new PostgreSqlOptions { ConnectionString = _database, PartitionEvents = 1000 }, TimeProvider.System, NullLoggerFactory.Instance, Token);
        _store.Log.StartAs("silo");
        _loop = await _store.CreateProjectionAsync(TestEvents.Instruments, Token);
        _loop.Start();
        return (_store.Log, _store.CreateReadModel(_loop), _store.CreateSeriesReader());
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

    protected override Task RemoveChunksAsync() => SqlAsync("DELETE FROM series_stretch; DELETE FROM series_chunk");

    protected override Task DamageChunksAsync() => SqlAsync("UPDATE series_chunk SET points = set_byte(points, 40, 7)");

    protected override async Task<(long Stretches, long Chunks)> CountAsync() =>
        ((long)(await SqlAsync("SELECT count(*) FROM series_stretch"))!, (long)(await SqlAsync("SELECT count(*) FROM series_chunk"))!);

    private Task<object?> SqlAsync(string sql) => PostgreSqlServer.ExecuteAsync(_database!, sql, Token);
}
