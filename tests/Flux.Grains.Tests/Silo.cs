using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Grains.Entities;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace Flux.Grains.Tests;

/// <summary>One silo for all tests of a class; each puts its own log behind it.</summary>
public sealed class Silo : ILogWriter, IEventLog, IReadModel, IAsyncLifetime
{
    public const int ActiveEntities = 40;

    private readonly ConcurrentDictionary<string, int> _loads = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly List<(int Times, TaskCompletionSource Reached)> _awaited = [];
    private readonly InProcessTestCluster _cluster;
    private ILogWriter _writer = null!;
    private IReadModel _readModel = null!;
    private int _queued;

    public Silo()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) => silo.Services.AddSingleton<ILogWriter>(this).AddSingleton<IReadModel>(this).AddSingleton<IEventLog>(this)
            .AddSingleton(new EventIds(TimeProvider.System)).AddSingleton(Activations));
        _cluster = builder.Build();
    }

    /// <summary>Gets the entities in the silo's memory, about <see cref="ActiveEntities"/> at most.</summary>
    public EntityActivations Activations { get; } = new(isLogShared: true, ActiveEntities, new Meter("tests"));

    public IGrainFactory Grains => _cluster.Client;

    public long EntityCount => _readModel.EntityCount;

    public Position Position => _readModel.Position;

    public async ValueTask InitializeAsync() => await _cluster.DeployAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    /// <summary>Puts a log behind the silo.</summary>
    internal void Use(ILogWriter writer, IReadModel readModel) => (_writer, _readModel, _queued) = (writer, readModel, 0);

    /// <summary>Waits until entities have queued (or tried to queue) this many events since <see cref="Use"/>.</summary>
    internal Task QueuedAsync(int times, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_queued >= times)
            {
                return Task.CompletedTask;
            }

            _awaited.Add((times, reached));
            return reached.Task.WaitAsync(cancellationToken);
        }
    }

    public Task<AppendResult> AppendAsync(EventToAppend item, AppendRun? run)
    {
        try
        {
            return _writer.AppendAsync(item, run);
        }
        finally
        {
            lock (_lock)
            {
                _queued++;
                _awaited.FindAll(a => a.Times <= _queued).ForEach(a => a.Reached.TrySetResult());
                _awaited.RemoveAll(a => a.Times <= _queued);
            }
        }
    }

    public ValueTask<EntityState> LoadAsync(EntityKey key, CancellationToken cancellationToken)
    {
        _loads.AddOrUpdate(key.Id, 1, static (_, loads) => loads + 1);
        return _readModel.LoadAsync(key, cancellationToken);
    }

    public ValueTask<EntityState> LoadAsync(EntityKey key, long version, CancellationToken cancellationToken) =>
        _readModel.LoadAsync(key, version, cancellationToken);

    /// <summary>Tells how often an entity was read from the log.</summary>
    internal int CountLoads(EntityKey key) => _loads.GetValueOrDefault(key.Id);

    public ValueTask<bool> WaitForAsync(Position position, TimeSpan timeout, CancellationToken cancellationToken) =>
        _readModel.WaitForAsync(position, timeout, cancellationToken);

    public ValueTask<IReadOnlyList<DueEntity>> FindDueAsync(Timestamp by, DueEntity after, int maxCount, CancellationToken cancellationToken) =>
        _readModel.FindDueAsync(by, after, maxCount, cancellationToken);

    public ValueTask QuarantineAsync(EntityKey key, EntityDamage damage, CancellationToken cancellationToken) =>
        _readModel.QuarantineAsync(key, damage, cancellationToken);

    public ValueTask<IReadOnlyList<QuarantinedEntity>> ReadQuarantinedAsync(string? after, int maxCount, CancellationToken cancellationToken) =>
        _readModel.ReadQuarantinedAsync(after, maxCount, cancellationToken);

    public ValueTask<long> CountAsync(IReadOnlyCollection<string> namespaces, CancellationToken cancellationToken) =>
        _readModel.CountAsync(namespaces, cancellationToken);

    public ValueTask<EntityPage> ReadPageAsync(EntityRange range, int maxRows, CancellationToken cancellationToken) =>
        _readModel.ReadPageAsync(range, maxRows, cancellationToken);

    ValueTask<RecordedEvent?> IEventLog.FindByEventIdAsync(string ns, string eventId, CancellationToken cancellationToken) =>
        ((IEventLog)_readModel).FindByEventIdAsync(ns, eventId, cancellationToken);

    Guid IEventLog.Epoch => throw new NotSupportedException();

    Timestamp IEventLog.Now => Timestamp.From(TimeProvider.System.GetUtcNow());

    ValueTask<AppendResult[]> IEventLog.AppendAsync(IReadOnlyList<EventToAppend> events, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    ValueTask<LogHead> IEventLog.ReadHeadAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    ValueTask<LogPage> IEventLog.ReadAsync(LogScope scope, Position from, ReadDirection direction, int maxCount, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    ValueTask<IReadOnlyList<RecordedEvent>> IEventLog.ReadEntityAsync(EntityKey key, long afterVersion, int maxCount, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    ValueTask<IReadOnlyList<RecordedEvent>> IEventLog.ReadEffectsAsync(Position cause, Position after, int maxCount, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    ValueTask<Position> IEventLog.FindPositionAsync(Timestamp time, CancellationToken cancellationToken) => throw new NotSupportedException();

    ValueTask<Position> IEventLog.WaitForMoreAsync(Position position, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<ListedEntity> ListAsync(string? ns, string prefix, CancellationToken cancellationToken) =>
        _readModel.ListAsync(ns, prefix, cancellationToken);
}
