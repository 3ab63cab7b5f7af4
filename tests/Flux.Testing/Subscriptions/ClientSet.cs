using Flux.Testing.History;

namespace Flux.Testing.Subscriptions;

/// <summary>What a client has that does nothing but apply the frames in the order of arrival.</summary>
internal sealed class ClientSet
{
    private readonly Dictionary<string, Dictionary<string, byte[]>> _entities = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Entities => _entities.Keys;

    public ClientSet Copy()
    {
        var copy = new ClientSet();
        foreach (var (entity, properties) in _entities)
        {
            copy._entities.Add(entity, new Dictionary<string, byte[]>(properties, StringComparer.Ordinal));
        }

        return copy;
    }

    public void Apply(SubscriptionFrame frame)
    {
        switch (frame.Change)
        {
            case ChangeKind.Deleted or ChangeKind.Leave:
                _entities.Remove(frame.EntityId ?? string.Empty);
                break;
            case ChangeKind.Change:
                Merge(frame);
                break;
            default:
                _entities.Remove(frame.EntityId ?? string.Empty); // a row of a snapshot, and one that enters, has all properties
                Merge(frame);
                break;
        }
    }

    /// <summary>Sets what is known of an entity.</summary>
    public void Set(string entity, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> state) =>
        _entities[entity] = state.ToDictionary(p => p.Key, p => p.Value.ToArray(), StringComparer.Ordinal);

    /// <summary>Whether it has exactly this of an entity: null for nothing.</summary>
    public bool Agrees(string entity, IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? state) =>
        _entities.TryGetValue(entity, out var own) ? state is not null && Same(own, state) : state is null;

    /// <summary>Whether members have the same names and values as those of the log.</summary>
    public static bool Same(IReadOnlyDictionary<string, byte[]> members, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> state)
    {
        if (members.Count != state.Count)
        {
            return false;
        }

        foreach (var (name, value) in members)
        {
            if (!state.TryGetValue(name, out var expected) || !JsonSame.Value(expected.Span, value))
            {
                return false;
            }
        }

        return true;
    }

    private void Merge(SubscriptionFrame frame)
    {
        var entity = frame.EntityId ?? string.Empty;
        if (!_entities.TryGetValue(entity, out var own))
        {
            _entities.Add(entity, own = new Dictionary<string, byte[]>(StringComparer.Ordinal));
        }

        foreach (var (name, value) in frame.Properties ?? new Dictionary<string, byte[]>())
        {
            own[name] = value;
        }
    }
}
