using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;

namespace Flux.EventLog.Projection;

/// <summary>The read model of the embedded store.</summary>
public sealed class SqliteReadModel : IReadModel
{
    private readonly ReadModelDatabase _database;
    private readonly EntityLoader _loader;
    private readonly Projector _projector;

    internal SqliteReadModel(ReadModelDatabase database, EntityLoader loader, Projector projector) =>
        (_database, _loader, _projector) = (database, loader, projector);

    /// <inheritdoc/>
    public long EntityCount => _database.EntityCount;

    /// <inheritdoc/>
    public Position Position => new(_database.Position);

    /// <inheritdoc/>
    public ValueTask<EntityState> LoadAsync(EntityKey key, CancellationToken cancellationToken) => _loader.LoadAsync(key, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<EntityState> LoadAsync(EntityKey key, long version, CancellationToken cancellationToken) =>
        _loader.LoadAsync(key, version, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> WaitForAsync(Position position, TimeSpan timeout, CancellationToken cancellationToken) =>
        _projector.WaitForAsync(position, timeout, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<long> CountAsync(IReadOnlyCollection<string> namespaces, CancellationToken cancellationToken) => new(_database.Count(namespaces));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DueEntity>> FindDueAsync(Timestamp by, DueEntity after, int maxCount, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCount, 1);
        return new(_database.FindDue(by, after, maxCount));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<QuarantinedEntity>> ReadQuarantinedAsync(string? after, int maxCount, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(_database.ReadQuarantined(after, maxCount));
    }

    /// <inheritdoc/>
    public ValueTask QuarantineAsync(EntityKey key, EntityDamage damage, CancellationToken cancellationToken) =>
        _loader.QuarantineAsync(key, damage, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<EntityPage> ReadPageAsync(EntityRange range, int maxRows, CancellationToken cancellationToken) =>
        ReadPage(range, maxRows, showsSystem: false, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<ListedEntity> ListAsync(string? ns, string prefix, CancellationToken cancellationToken) =>
        EntityPages.ListAsync(
            EntityRange.OfNamespace(ns, prefix),
            (range, maxRows, token) => ReadPage(range, maxRows, showsSystem: true, token),
            cancellationToken);

    private ValueTask<EntityPage> ReadPage(EntityRange range, int maxRows, bool showsSystem, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRows, 1);
        return new ValueTask<EntityPage>(_database.ReadPage(range, maxRows, showsSystem));
    }
}
