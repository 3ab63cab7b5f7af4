using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.EventLog.Past;
using Flux.EventLog.PostgreSql;
using Flux.Testing.PostgreSql;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flux.EventLog.Tests;

public sealed class PostgreSqlPastTests(SharedPostgreSql server) : PastConformance
{
    private string? _database;
    private PostgreSqlStore? _store;
    private PostgreSqlProjection? _loop;

    protected override async ValueTask<(IEventLog Log, IReadModel ReadModel, IPastStates Past)> OpenAsync()
    {
        Assert.SkipWhen(PostgreSqlServer.WhyMissing is not null, PostgreSqlServer.WhyMissing ?? string.Empty);
        _database ??= await server.CreateDatabaseAsync(Token);
        _store = await PostgreSqlStore.OpenAsync(
            new PostgreSqlOptions { ConnectionString = _database, PartitionEvents = 1000, CheckpointEvents = CheckpointEvents },
            TimeProvider.System,
            NullLoggerFactory.Instance,
            Token);
        _store.Log.StartAs("silo");
        _loop = (PostgreSqlProjection)await _store.CreateProjectionAsync(TestEvents.Instruments, Token);
        _loop.Start();
        return (_store.Log, _store.CreateReadModel(_loop), _store.Past);
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

    private protected override IPastStates CreatePast(PastLimits limits) => _store!.CreatePast(limits);

    protected override Task WaitForCheckpointsAsync() => _loop!.Checkpoints.Keeping.WaitAsync(TimeSpan.FromSeconds(30), Token);

    protected override async Task<List<long>> FindCheckpointsAsync() =>
        [.. (long[])(await PostgreSqlServer.ExecuteAsync(
            _database!, "SELECT coalesce(array_agg(position ORDER BY position), '{}') FROM checkpoint", Token))!];

    protected override Task RemoveEventsAsync(Position first, Position last) =>
        PostgreSqlServer.ExecuteAsync(_database!, $"DELETE FROM event WHERE position BETWEEN {first} AND {last}", Token);
}
