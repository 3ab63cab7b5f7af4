using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.EventLog.Past;
using Flux.EventLog.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flux.EventLog.Tests;

public sealed class SqlitePastTests : PastConformance
{
    private readonly TempDirectory _home = new();
    private EmbeddedStore? _store;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _home.Dispose();
    }

    protected override ValueTask<(IEventLog Log, IReadModel ReadModel, IPastStates Past)> OpenAsync()
    {
        _store = EmbeddedStore.Open(
            new EmbeddedStoreOptions
            {
                Directory = _home.Path,
                ProjectionLinger = TimeSpan.FromMilliseconds(20),
                CheckpointEvents = CheckpointEvents,
            },
            TestEvents.Instruments,
            TimeProvider.System,
            NullLoggerFactory.Instance,
            Token);
        _store.Projector.Start();
        return new((_store.Log, _store.ReadModel, _store.Past));
    }

    protected override async ValueTask CloseAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
            _store = null;
        }
    }

    private protected override IPastStates CreatePast(PastLimits limits) => _store!.CreatePast(limits);

    protected override Task WaitForCheckpointsAsync() => _store!.Checkpoints.Keeping.WaitAsync(TimeSpan.FromSeconds(30), Token);

    protected override Task<List<long>> FindCheckpointsAsync()
    {
        using var file = SqliteDatabase.Open(_home["read-model.db"], SqliteOpenMode.ReadOnly);
        using var rows = new SqliteStatement(file.Handle, "SELECT position FROM checkpoint ORDER BY position");
        var positions = new List<long>();
        while (rows.Step())
        {
            positions.Add(rows.Int64(0));
        }

        return Task.FromResult(positions);
    }

    protected override Task RemoveEventsAsync(Position first, Position last)
    {
        using var file = SqliteDatabase.Open(_home["log.db"], SqliteOpenMode.ReadWrite);
        file.Execute($"DELETE FROM event WHERE position BETWEEN {first} AND {last}");
        return Task.CompletedTask;
    }
}
