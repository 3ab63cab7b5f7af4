using System.Runtime.CompilerServices;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;

namespace Flux.EventLog.Projection;

/// <summary>The read model of the embedded store.</summary>
public sealed class SqliteReadModel : IReadModel
{
    private const int PageRows = 1000;

    private readonly ReadModelDatabase _database;
    private readonly IEventLog _log;
    private readonly Projector _projector;

    internal SqliteReadModel(ReadModelDatabase database, IEventLog log, Projector projector) =>
        (_database, _log, _projector) = (database, log, projector);

    /// <inheritdoc/>
    public long EntityCount => _database.EntityCount;

    /// <inheritdoc/>
    public Position Position => new(_database.Position);

    /// <inheritdoc/>
    public async ValueTask<EntityState> LoadAsync(EntityKey key, CancellationToken cancellationToken)
    {
        const int page = 1000;
        var state = _database.ReadState(key.Id);
        IReadOnlyList<RecordedEvent> rows;
        do
        {
            rows = await _log.ReadEntityAsync(key, state.Version, page, cancellationToken).ConfigureAwait(false);
            foreach (var row in rows)
            {
                state = state.Apply(row);
            }
        }
        while (rows.Count == page);

        return state;
    }

    /// <inheritdoc/>
    public ValueTask<bool> WaitForAsync(Position position, TimeSpan timeout, CancellationToken cancellationToken) =>
        _projector.WaitForAsync(position, timeout, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<long> CountAsync(IReadOnlyCollection<string> namespaces, CancellationToken cancellationToken) => new(_database.Count(namespaces));

    /// <inheritdoc/>
    public async IAsyncEnumerable<ListedEntity> ListAsync(
        string? ns, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (KeyRange.Of(ns, prefix) is not { } range)
        {
            yield break;
        }

        for (var from = range.Start; from is not null;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (var entities, from) = _database.List(range, from, PageRows);
            foreach (var entity in entities)
            {
                yield return entity;
            }
        }

        // The interface allows stores that wait for the network; this one has nothing to wait for.
        await Task.CompletedTask.ConfigureAwait(false);
    }
}
