namespace Flux.Testing.Subscriptions;

/// <summary>All that a subscription should ever get, from the first position on.</summary>
internal sealed class ExpectedChanges
{
    private readonly List<ExpectedChange> _all = [];
    private readonly Dictionary<string, List<ExpectedChange>> _byEntity = new(StringComparer.Ordinal);
    private readonly SubscriptionDescription _about;
    private readonly WorldLog _log;

    public ExpectedChanges(SubscriptionDescription about, WorldLog log)
    {
        (_about, _log) = (about, log);
        EntitiesInScope = log.Entities.Where(about.Scope.Holds).ToHashSet(StringComparer.Ordinal);
        foreach (var step in log.Steps)
        {
            if (EntitiesInScope.Contains(step.Entity) && KindOf(step) is { } kind)
            {
                var change = new ExpectedChange(kind, step);
                _all.Add(change);
                if (!_byEntity.TryGetValue(step.Entity, out var own))
                {
                    _byEntity.Add(step.Entity, own = []);
                }

                own.Add(change);
            }
        }
    }

    public HashSet<string> EntitiesInScope { get; }

    /// <summary>Gets the position of the last one; 0 when there is none.</summary>
    public long Last => _all.Count == 0 ? 0 : _all[^1].Position;

    public ExpectedChange? At(long position)
    {
        var index = FirstAfter(position - 1);
        return index < _all.Count && _all[index].Position == position ? _all[index] : null;
    }

    /// <summary>Those after one position and up to another.</summary>
    public IEnumerable<ExpectedChange> Between(long after, long upTo)
    {
        for (var index = FirstAfter(after); index < _all.Count && _all[index].Position <= upTo; index++)
        {
            yield return _all[index];
        }
    }

    public IEnumerable<ExpectedChange> Of(string entity, long after, long upTo) =>
        _byEntity.TryGetValue(entity, out var own) ? own.Where(c => c.Position > after && c.Position <= upTo) : [];

    /// <summary>Whether a client has the entity after a row: it exists and, with a predicate over state, matches.</summary>
    public bool HasAfter(EntityStep? step) => step is { Exists: true } && (!_about.IsOverState || HoldsFor(step.Entity, step.After));

    /// <summary>Whether a client has the entity at a position.</summary>
    public bool HasAt(string entity, long position) => EntitiesInScope.Contains(entity) && HasAfter(_log.LastOf(entity, position));

    private ChangeKind? KindOf(EntityStep step)
    {
        if (step.Kind == StepKind.Nothing)
        {
            return null;
        }

        var plain = step.Kind == StepKind.Deletes ? ChangeKind.Deleted : ChangeKind.Change;
        if (!_about.IsOverState)
        {
            return _about.Predicate is null || _about.Predicate.HoldsFor(step.ToView()) ? plain : null;
        }

        var before = step.Existed && HoldsFor(step.Entity, step.Before);
        var after = HasAfter(step);
        return (before, after) switch
        {
            (true, true) => plain,
            (false, true) => ChangeKind.Enter,
            (true, false) => step.Kind == StepKind.Deletes ? ChangeKind.Deleted : ChangeKind.Leave,
            _ => null,
        };
    }

    private bool HoldsFor(string entity, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> state) =>
        _about.Predicate!.HoldsFor(entity, new PropertyView(state));

    private int FirstAfter(long position)
    {
        var (low, high) = (0, _all.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = _all[middle].Position <= position ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
