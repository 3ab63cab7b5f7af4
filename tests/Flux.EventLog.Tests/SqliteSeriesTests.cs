using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.Core.Series;
using Flux.EventLog.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flux.EventLog.Tests;

public sealed class SqliteSeriesTests : SeriesConformance
{
    private readonly TempDirectory _home = new();
    private EmbeddedStore? _store;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task A_read_model_that_is_built_anew_gives_the_same_series()
    {
        var random = new Random(9);
        await WriteNumbersAsync("plant/first", 300); // so that numbers of rows move
        await WriteNumbersAsync("plant/pump", 1000);
        await ProjectAsync();
        var before = await ReadAsync("n", 1, 1000);
        await CloseAsync();
        File.Delete(_home["read-model.db"]);

        await ReopenAsync();

        Assert.Equal((2, 2), await CountAsync()); // the first stretch of each is made on demand
        Assert.Equal(before, await ReadAsync("n", 1, 1000));
        await AssertSeriesAsync(random, "n");
    }

    protected override ValueTask<(IEventLog Log, IReadModel ReadModel, ISeriesReader Series)> OpenAsync()
    {
        _store = EmbeddedStore.Open(
            new EmbeddedStoreOptions { Directory = _home.Path, ProjectionLinger = TimeSpan.FromMilliseconds(20) },
            TestEvents.Instruments,
            TimeProvider.System,
            NullLoggerFactory.Instance,
            Token);
        _store.Projector.Start();
        return new((_store.Log, _store.ReadModel, _store.Series));
    }

    protected override async ValueTask CloseAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
            _store = null;
        }
    }

    protected override Task RemoveEventsAsync(Position first, Position last) =>
        ExecuteAsync("log.db", $"DELETE FROM event WHERE position BETWEEN {first} AND {last}");

    protected override Task RemoveChunksAsync() => ExecuteAsync("read-model.db", "BEGIN; DELETE FROM series_stretch; DELETE FROM series_chunk; COMMIT");

    protected override Task DamageChunksAsync() =>
        ExecuteAsync("read-model.db", "UPDATE series_chunk SET points = CAST(substr(points, 1, 40) || x'07' || substr(points, 42) AS BLOB)");

    protected override Task<(long Stretches, long Chunks)> CountAsync()
    {
        using var file = SqliteDatabase.Open(_home["read-model.db"], SqliteOpenMode.ReadWrite);
        return Task.FromResult((file.QueryInt64("SELECT count(*) FROM series_stretch"), file.QueryInt64("SELECT count(*) FROM series_chunk")));
    }

    private Task ExecuteAsync(string name, string sql)
    {
        using var file = SqliteDatabase.Open(_home[name], SqliteOpenMode.ReadWrite);
        file.Execute(sql);
        return Task.CompletedTask;
    }
}
