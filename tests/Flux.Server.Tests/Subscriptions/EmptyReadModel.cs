using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;

namespace Flux.Server.Tests.Subscriptions;

/// <summary>A read model that only knows how many entities it has not got.</summary>
internal sealed class EmptyReadModel : IReadModel
{
    public long EntityCount => 0;

    public Position Position => default;

    public ValueTask<EntityState> LoadAsync(EntityKey key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<EntityState> LoadAsync(EntityKey key, long version, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<bool> WaitForAsync(Position position, TimeSpan timeout, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<IReadOnlyList<DueEntity>> FindDueAsync(Timestamp by, DueEntity after, int maxCount, CancellationToken cancellationToken) =>
        new([]);

    public ValueTask QuarantineAsync(EntityKey key, EntityDamage damage, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<QuarantinedEntity>> ReadQuarantinedAsync(string? after, int maxCount, CancellationToken cancellationToken) =>
        new([]);

    public ValueTask<long> CountAsync(IReadOnlyCollection<string> namespaces, CancellationToken cancellationToken) => new(0);

    public ValueTask<EntityPage> ReadPageAsync(EntityRange range, int maxRows, CancellationToken cancellationToken) =>
        new(new EntityPage([], Position, Rest: null));

    public IAsyncEnumerable<ListedEntity> ListAsync(string? ns, string prefix, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
