using System.Buffers;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;

namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>A read model that folds the log each time it is asked. It shows the log up to where it was told to.</summary>
/// <param name="log">The log.</param>
/// <param name="rowsAtOnce">The most entities in a page, so that small tests have many pages.</param>
internal sealed class MemoryReadModel(MemoryEventLog log, int rowsAtOnce) : IReadModel
{
    private long _position;
    private int _loads;
    private int _waits;

    public long EntityCount => Fold(Position.Value).Count(entity => entity.Value.Exists);

    public Position Position => new(Interlocked.Read(ref _position));

    /// <summary>Gets or sets what happens before each page is read.</summary>
    public Action BeforePage { get; set; } = static () => { };

    /// <summary>Gets how many states were read.</summary>
    public int Loads => Volatile.Read(ref _loads);

    /// <summary>Projects the log up to a position, if it was not yet.</summary>
    public void Project(Position position)
    {
        for (var known = Position.Value; known < position.Value;)
        {
            known = Interlocked.CompareExchange(ref _position, position.Value, known) is var found && found == known ? position.Value : found;
        }
    }

    public ValueTask<EntityState> LoadAsync(EntityKey key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<EntityState> LoadAsync(EntityKey key, long version, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _loads);
        var state = EntityState.Empty;
        foreach (var recorded in log.ToArray(key.Id).TakeWhile(recorded => recorded.Version <= version))
        {
            state = state.Apply(recorded);
        }

        return state.Version == version ? new(state) : throw new ArgumentOutOfRangeException(nameof(version), version, $"{key} has version {state.Version}");
    }

    /// <summary>Projects up to the position; every other time, the time is up before that.</summary>
    public ValueTask<bool> WaitForAsync(Position position, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waits) % 2 == 1)
        {
            return new(Position >= position);
        }

        Project(position);
        return new(true);
    }

    public ValueTask<IReadOnlyList<DueEntity>> FindDueAsync(Timestamp by, DueEntity after, int maxCount, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask QuarantineAsync(EntityKey key, EntityDamage damage, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<QuarantinedEntity>> ReadQuarantinedAsync(string? after, int maxCount, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<long> CountAsync(IReadOnlyCollection<string> namespaces, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<EntityPage> ReadPageAsync(EntityRange range, int maxRows, CancellationToken cancellationToken)
    {
        BeforePage();
        var position = Position;
        var rows = new List<ListedEntity>();
        foreach (var (id, state) in Fold(position.Value).Where(entity => range.Contains(entity.Key)))
        {
            if (rows.Count == Math.Min(maxRows, rowsAtOnce))
            {
                var rest = range.After(rows[^1].Id);
                return new(new EntityPage(rows, position, rest));
            }

            if (state.Exists && !SystemEntity.Owns(id))
            {
                var properties = new ArrayBufferWriter<byte>();
                state.WriteProperties(properties);
                rows.Add(new ListedEntity(id, properties.WrittenSpan.ToArray(), state.LastUpdated, state.Version));
            }
        }

        return new(new EntityPage(rows, position, Rest: null));
    }

    public IAsyncEnumerable<ListedEntity> ListAsync(string? ns, string prefix, CancellationToken cancellationToken) => throw new NotSupportedException();

    private SortedDictionary<string, EntityState> Fold(long upTo)
    {
        var states = new SortedDictionary<string, EntityState>(EntityIdOrder.Instance);
        foreach (var recorded in log.ToArray().Where(recorded => recorded.Position.Value <= upTo))
        {
            var id = recorded.Data.Payload.EntityId!;
            states[id] = states.GetValueOrDefault(id, EntityState.Empty).Apply(recorded);
        }

        return states;
    }
}
