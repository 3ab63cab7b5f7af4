using System.Text;

namespace Flux.Testing.Subscriptions;

/// <summary>Rows and changes from <c>subscribed</c> until <c>caught_up</c>: together they must be the state at its position.</summary>
internal sealed class SnapshotPhase(SubscriptionDescription about, WorldLog log, ExpectedChanges expected, long begin, SubscriptionReport report)
{
    private readonly Dictionary<string, EntityStep> _rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<long>> _changes = new(StringComparer.Ordinal);
    private readonly HashSet<long> _seen = [];
    private byte[]? _lastId;
    private long _lastChange;

    /// <summary>Gets what a client has that applied it all.</summary>
    public ClientSet Set { get; } = new();

    public int Rows => _rows.Count;

    public void TakeRow(SubscriptionFrame frame, int line)
    {
        var entity = frame.EntityId ?? string.Empty;
        var id = Encoding.UTF8.GetBytes(entity);
        var order = _lastId is null ? 1 : id.AsSpan().SequenceCompareTo(_lastId);
        if (_rows.ContainsKey(entity))
        {
            Add(line, $"the row of {entity} came twice");
            return;
        }

        if (order < 0)
        {
            Add(line, $"the row of {entity} came behind that of {Encoding.UTF8.GetString(_lastId!)}: rows come in order of ids");
        }
        else
        {
            _lastId = id;
        }

        if (_changes.ContainsKey(entity))
        {
            Add(line, $"the row of {entity} came behind changes of it");
        }

        if (log.Find(entity, frame.Version ?? 0) is not { } step)
        {
            Add(line, $"a row has {entity} v{frame.Version}, which the log does not have");
            return;
        }

        _rows.Add(entity, step);
        Set.Apply(frame);
        if (!expected.EntitiesInScope.Contains(entity) || !expected.HasAfter(step))
        {
            Add(line, $"a row has {entity} as of {step}, when it {(step.Exists ? "was not asked for" : "did not exist")}", step.Position);
        }
        else if (frame.Properties is null || !ClientSet.Same(frame.Properties, step.After))
        {
            Add(line, $"the row of {entity} has other properties than the log after {step}", step.Position);
        }
        else if (IsOtherTime(frame.LastUpdated, step))
        {
            report.Add(SubscriptionFault.Altered, step.Position, line, $"the row of {step} was last updated at {frame.LastUpdated} µs, which is the time of no change up to it");
        }
    }

    public void TakeChange(SubscriptionFrame frame, int line)
    {
        var position = frame.Position ?? 0;
        if (expected.At(position) is not { } change)
        {
            report.Add(SubscriptionFault.Phantom, position, line, $"{frame.Type} of {frame.EntityId} in a snapshot, where the log has none for it");
            return;
        }

        if (FrameContent.Difference(frame, change) is { } difference)
        {
            report.Add(SubscriptionFault.Altered, position, line, difference);
        }

        if (frame.Cursor is not null)
        {
            report.Add(SubscriptionFault.Protocol, position, line, $"{change} has a cursor, though the snapshot is not complete");
        }

        if (!_seen.Add(position))
        {
            report.Add(SubscriptionFault.Repeat, position, line, $"{change} came again within a snapshot");
            return;
        }

        if (position < _lastChange)
        {
            report.Add(SubscriptionFault.Order, position, line, $"{change} came behind position {_lastChange} within a snapshot");
        }

        _lastChange = Math.Max(_lastChange, position);
        if (!_changes.TryGetValue(change.Step.Entity, out var own))
        {
            _changes.Add(change.Step.Entity, own = []);
        }

        own.Add(position);
        Set.Apply(frame);
    }

    public void CatchUp(long position, int line)
    {
        foreach (var entity in expected.EntitiesInScope)
        {
            if (Difference(entity, position) is { } difference)
            {
                Add(line, $"at caught_up {position}: {difference}", position);
            }
        }

        if (position < begin)
        {
            report.Add(SubscriptionFault.Claim, position, line, $"caught_up says {position}, and the snapshot was asked for at {begin}");
        }

        if (_lastChange > position)
        {
            report.Add(SubscriptionFault.Claim, position, line, $"caught_up says {position} behind a change at {_lastChange}");
        }
    }

    private string? Difference(string entity, long position)
    {
        var own = _changes.TryGetValue(entity, out var changes) ? changes : [];
        if (_rows.TryGetValue(entity, out var row))
        {
            return row.Position > position ? $"the row of {row} is later"
                : own.Any(p => p <= row.Position) ? $"the row of {row} has a change in it that came as well"
                : Missing(entity, row.Position, position, own) is { } change ? $"the row of {entity} is that of {row}, and {change} did not come"
                : null;
        }

        if (own.Count == 0)
        {
            return MustHaveRow(entity, position) ? $"the row of {entity} is missing; the log has {log.LastOf(entity, position)}" : null;
        }

        var first = own.Min();
        if (about.FollowsState && expected.HasAt(entity, first - 1))
        {
            return $"the row of {entity} is missing, and its changes came from {first} on";
        }

        return Missing(entity, first - 1, position, own) is { } hole ? $"of {entity}, which has no row, {hole} did not come" : null;
    }

    // A page was read at some position from the beginning to the end: what was there all the time was on it. With a predicate over single changes
    // nothing more can be said, because its client does not hear of every change.
    private bool MustHaveRow(string entity, long position) =>
        about.FollowsState
            ? expected.HasAt(entity, position)
            : expected.HasAt(entity, begin) && log.StepsOf(entity).Where(s => s.Position > begin && s.Position <= position).All(s => s.Exists);

    private ExpectedChange? Missing(string entity, long after, long upTo, List<long> own)
    {
        foreach (var change in expected.Of(entity, after, upTo))
        {
            if (!own.Contains(change.Position))
            {
                return change;
            }
        }

        return null;
    }

    private bool IsOtherTime(long? lastUpdated, EntityStep step)
    {
        var effective = step;
        while (effective is { Kind: StepKind.Nothing })
        {
            effective = log.Find(step.Entity, effective.Row.Version - 1);
        }

        return effective is not null && FrameContent.Differs(lastUpdated, effective.Row);
    }

    private void Add(int line, string text, long? position = null) => report.Add(SubscriptionFault.Snapshot, position, line, text);
}
