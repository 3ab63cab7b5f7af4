namespace Flux.Testing.Subscriptions;

/// <summary>Frames of merged changes and the receipt that ends them: together they must say how a stretch of the log ended.</summary>
internal sealed class MergedStretch(SubscriptionDescription about, WorldLog log, ExpectedChanges expected, SubscriptionReport report)
{
    /// <summary>Compares the frames since <paramref name="covered"/> with the log.</summary>
    public void Check(IReadOnlyList<SubscriptionFrame> frames, SubscriptionFrame receipt, long covered, int line)
    {
        var (from, to) = (receipt.From ?? 0, receipt.To ?? 0);
        var early = expected.Between(covered, from - 1).Select(c => (long?)c.Position).FirstOrDefault();
        if (to < from || to != receipt.Position || from <= covered || early is not null)
        {
            Add(line, to, $"skipped says {from} to {to} at {receipt.Position}; {covered} was reached before, and the first change then is at {early ?? expected.Between(covered, long.MaxValue).Select(c => (long?)c.Position).FirstOrDefault()}");
            return;
        }

        var changes = expected.Between(covered, to).ToList();
        if (receipt.Count != changes.Count - frames.Count)
        {
            Add(line, to, $"skipped says that {receipt.Count} changes from {from} to {to} were merged away; the log has {changes.Count}, of which {frames.Count} frames came");
            return;
        }

        var byEntity = changes.GroupBy(c => c.Step.Entity, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.ToList(), StringComparer.Ordinal);
        CheckOrder(frames, line);
        foreach (var (entity, own) in byEntity)
        {
            var told = frames.Where(f => string.Equals(f.EntityId, entity, StringComparison.Ordinal)).ToList();
            if (Difference(entity, own, told, covered, to) is { } difference)
            {
                Add(line, own[^1].Position, difference);
            }
        }

        foreach (var frame in frames.Where(f => !byEntity.ContainsKey(f.EntityId ?? string.Empty)))
        {
            report.Add(SubscriptionFault.Phantom, frame.Position, line, $"{frame.Type} of {frame.EntityId} in a merged stretch from {from} to {to}, where the log has none for it");
        }
    }

    private void CheckOrder(IReadOnlyList<SubscriptionFrame> frames, int line)
    {
        for (var i = 1; i < frames.Count; i++)
        {
            if (frames[i].Position <= frames[i - 1].Position)
            {
                report.Add(SubscriptionFault.Order, frames[i].Position, line, $"{frames[i].Type} of {frames[i].EntityId} came behind position {frames[i - 1].Position} within a merged stretch");
            }
        }
    }

    private string? Difference(string entity, List<ExpectedChange> own, List<SubscriptionFrame> told, long covered, long to)
    {
        foreach (var frame in told)
        {
            if (own.FindIndex(c => c.Position == frame.Position) is not (>= 0 and var at))
            {
                return $"{frame.Type} of {entity} at {frame.Position}, where the stretch has no change of it";
            }

            if (FrameContent.DifferenceOfRow(frame, own[at].Step) is { } difference)
            {
                return difference;
            }
        }

        return about.IsOverState ? DifferenceOfMember(entity, own, told, covered, to) : DifferenceOfChanges(entity, own, told);
    }

    private static string? DifferenceOfChanges(string entity, List<ExpectedChange> own, List<SubscriptionFrame> told)
    {
        var deletion = own.FindLastIndex(c => c.Kind == ChangeKind.Deleted);
        var newest = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (var change in own.Skip(deletion + 1))
        {
            foreach (var (name, value) in change.Step.Set)
            {
                newest[name] = value;
            }
        }

        List<(ChangeKind Kind, long Position)> wanted = deletion >= 0 ? [(ChangeKind.Deleted, own[deletion].Position)] : [];
        if (newest.Count > 0)
        {
            wanted.Add((ChangeKind.Change, own[^1].Position));
        }

        if (!wanted.SequenceEqual(told.Select(f => (f.Change ?? ChangeKind.Leave, f.Position ?? 0))))
        {
            return $"{own.Count} changes of {entity} came as [{Names(told)}] instead of [{string.Join(", ", wanted)}]";
        }

        return newest.Count > 0 && !ClientSet.Same(told[^1].Properties ?? new Dictionary<string, byte[]>(), newest)
            ? $"the merged change of {entity} has other values than the newest up to {own[^1]}"
            : null;
    }

    private string? DifferenceOfMember(string entity, List<ExpectedChange> own, List<SubscriptionFrame> told, long covered, long to)
    {
        var (before, after) = (expected.HasAt(entity, covered), expected.HasAt(entity, to));
        if (after && told.Count > 0 && told[^1].Position != own[^1].Position)
        {
            return $"the merged {told[^1].Type} of {entity} is at {told[^1].Position}, its last change in the stretch at {own[^1].Position}";
        }

        // One that left and came back within the stretch enters again: with all properties, whether its client was told that it had left or not.
        var cameBack = own.Any(c => c.Kind == ChangeKind.Enter);
        var set = new ClientSet();
        var has = before;
        if (before)
        {
            set.Set(entity, log.LastOf(entity, covered)!.After);
        }

        foreach (var frame in told)
        {
            if (frame.Change == ChangeKind.Enter ? has && !cameBack : !has)
            {
                return $"{frame.Type} of {entity} at {frame.Position}, which the client {(has ? "has" : "does not have")}";
            }

            has = frame.Change is ChangeKind.Enter or ChangeKind.Change;
            set.Apply(frame);
        }

        return set.Agrees(entity, after ? log.LastOf(entity, to)!.After : null)
            ? null
            : $"after [{Names(told)}] a client has another {entity} than the log at {to}";
    }

    private static string Names(List<SubscriptionFrame> frames) => string.Join(", ", frames.Select(f => $"{f.Type} at {f.Position}"));

    private void Add(int line, long position, string text) => report.Add(SubscriptionFault.Skipped, position, line, text);
}
