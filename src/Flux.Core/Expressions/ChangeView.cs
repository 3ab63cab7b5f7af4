using Flux.Core.Log;

namespace Flux.Core.Expressions;

/// <summary>A change as predicates see it. What a predicate asks for is made once, for all predicates and threads.</summary>
/// <param name="recorded">The event.</param>
/// <param name="before">The entity before it.</param>
/// <param name="after">The entity after it.</param>
public sealed class ChangeView(RecordedEvent recorded, EntityView before, EntityView after) : IVariableSource
{
    private readonly EventRecord _event = new(recorded);

    // Made when first asked for. Two threads may both do it: the results are equal, and a reference is written whole.
    private CelList? _changed;

    /// <summary>Gets the entity before the event.</summary>
    public EntityView Before => before;

    /// <summary>Gets the entity after the event.</summary>
    public EntityView After => after;

    /// <inheritdoc/>
    CelValue IVariableSource.GetVariable(int index) => index switch
    {
        PredicateVariables.Entity => CelValue.Of(after.Id),
        PredicateVariables.Properties => CelValue.Of(after.Properties),
        PredicateVariables.Previous => CelValue.Of(before.Properties),
        PredicateVariables.Changed => CelValue.Of(_changed ??= Changed()),
        PredicateVariables.Deleted => CelValue.Of(recorded.Data.Payload.Change.IsDeletion),
        PredicateVariables.Event => CelValue.Of(_event),
        _ => throw new InvalidOperationException($"a change has no variable {index}"),
    };

    private CelList Changed()
    {
        var change = recorded.Data.Payload.Change;
        if (change.IsDeletion)
        {
            return new CelList([.. before.Properties.Keys]);
        }

        var names = new CelValue[change.Properties.Length];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = CelValue.Of(change.Properties[i].Name);
        }

        return new CelList(names);
    }
}
