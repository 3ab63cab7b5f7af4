namespace Flux.Testing.Subscriptions;

/// <summary>Up to where a subscriber has everything, what it passed without getting it, and what it has now.</summary>
internal sealed class ChangeLedger(SubscriptionDescription about, WorldLog log, ExpectedChanges expected, SubscriptionReport report)
{
    private readonly MergedStretch _merged = new(about, log, expected, report);

    // What was passed without coming, and by what: if it comes yet, that was it; else it is a gap.
    private readonly SortedDictionary<long, (SubscriptionFault IfItComes, int Line)> _missing = [];
    private readonly List<SubscriptionFrame> _pending = []; // merged changes, of which the receipt has not come
    private ClientSet? _set; // null while nobody could know it
    private bool _hasBegun;

    /// <summary>Gets the position up to which everything has come, or is missing.</summary>
    public long Covered { get; private set; }

    /// <summary>Begins after a position, for the first time or again.</summary>
    public void Begin(long position)
    {
        // Whoever goes on where it was, or before, has in the end what it would have had; whoever leaves something out knows nothing for sure.
        _set = position == 0 ? new ClientSet() : _hasBegun && position <= Covered ? _set : null;
        foreach (var again in _missing.Keys.Where(p => p > position).ToArray())
        {
            _missing.Remove(again);
        }

        (Covered, _hasBegun) = (position, true);
    }

    /// <summary>Begins with a snapshot that is complete.</summary>
    public void Begin(long position, ClientSet snapshot) => (Covered, _hasBegun, _set) = (position, true, snapshot);

    /// <summary>Forgets merged changes whose receipt will not come, because the connection has ended: they come again.</summary>
    public void Interrupt() => _pending.Clear();

    public void TakeChange(SubscriptionFrame frame, int line)
    {
        if (frame.Cursor is null && about.Slow == SlowReading.Conflate)
        {
            _pending.Add(frame);
            return;
        }

        if (frame.Cursor is null)
        {
            report.Add(SubscriptionFault.Protocol, frame.Position, line, $"{frame.Type} of {frame.EntityId} has no cursor");
        }

        DropPending(frame.Type, frame.Position, line);
        var position = frame.Position ?? 0;
        if (expected.At(position) is not { } change)
        {
            report.Add(SubscriptionFault.Phantom, position, line, $"{frame.Type} of {frame.EntityId} at {position}, where the log has none for it");
            return;
        }

        if (FrameContent.Difference(frame, change) is { } difference)
        {
            report.Add(SubscriptionFault.Altered, position, line, difference);
        }

        if (position > Covered)
        {
            Pass(position - 1, SubscriptionFault.Order, line);
            Covered = position;
            _set?.Apply(frame);
        }
        else if (_missing.Remove(position, out var passed))
        {
            report.Add(passed.IfItComes, position, line, $"{change} came behind {Covered}");
            _set?.Apply(frame);
        }
        else
        {
            report.Add(SubscriptionFault.Repeat, position, line, $"{change} came again; {Covered} was reached");
        }
    }

    public void TakeReceipt(SubscriptionFrame frame, int line)
    {
        _merged.Check(_pending, frame, Covered, line);
        _pending.ForEach(f => _set?.Apply(f));
        _pending.Clear();
        Covered = Math.Max(Covered, frame.Position ?? 0);
    }

    /// <summary>Takes a frame that says «you have everything up to here».</summary>
    public void Claim(SubscriptionFrame frame, int line)
    {
        DropPending(frame.Type, frame.Position, line);
        var position = frame.Position ?? 0;
        if (position < Covered || position > log.Head)
        {
            report.Add(SubscriptionFault.Claim, position, line, $"{frame.Type} says {position}; {Covered} was reached, and the log ends at {log.Head}");
            return;
        }

        Pass(position, SubscriptionFault.Claim, line);
        Covered = position;
    }

    /// <summary>Takes the same from the end of a connection. Nothing follows on it, so it is decided now; where the client goes on is its own choice.</summary>
    public void ClaimAtEnd(long position, string what, int line)
    {
        var missing = expected.Between(Covered, position).Count();
        if (position < Covered || missing > 0)
        {
            report.Add(SubscriptionFault.Claim, position, line, $"{what} says {position}; {Covered} was reached, and {missing} changes up to there did not come");
        }
    }

    /// <summary>Ends at a position up to which everything should be there.</summary>
    public void Quiesce(long position, int line)
    {
        DropPending("the end", position, line);
        report.Totals.IsWhole = !expected.Between(Covered, position).Any();
        if (position > Covered)
        {
            Pass(position, SubscriptionFault.Gap, line);
            Covered = position;
        }

        if (_set is not null && about.FollowsState)
        {
            CompareSet(position, line);
        }
    }

    /// <summary>What is missing now is missing for good.</summary>
    public void Finish()
    {
        foreach (var (position, (_, line)) in _missing)
        {
            report.Add(SubscriptionFault.Gap, position, line, $"{expected.At(position)} never came");
        }
    }

    private void Pass(long upTo, SubscriptionFault ifItComes, int line)
    {
        foreach (var change in expected.Between(Covered, upTo))
        {
            _missing[change.Position] = (ifItComes, line);
        }
    }

    private void DropPending(string what, long? position, int line)
    {
        if (_pending.Count > 0)
        {
            report.Add(SubscriptionFault.Skipped, position, line, $"{what} came behind {_pending.Count} merged changes without a receipt for them");
            _pending.Clear();
        }
    }

    private void CompareSet(long position, int line)
    {
        foreach (var entity in expected.EntitiesInScope.Union(_set!.Entities, StringComparer.Ordinal))
        {
            var state = expected.HasAt(entity, position) ? log.LastOf(entity, position)!.After : null;
            if (!_set.Agrees(entity, state))
            {
                report.Add(
                    SubscriptionFault.State,
                    position,
                    line,
                    $"whoever applied all frames has another {entity} than the log, {(state is null ? "which has none" : $"which has {log.LastOf(entity, position)}")}");
            }
        }
    }
}
