using System.Globalization;
using System.Text.RegularExpressions;
using Flux.Testing.History;

namespace Flux.Testing.Subscriptions;

/// <summary>Follows one subscriber over all its connections, and holds each frame to the log.</summary>
internal sealed partial class SubscriptionTrace
{
    private const int TooSlowCode = 4408;
    private const int GoingAwayCode = 1001;

    private readonly SubscriptionDescription _about;
    private readonly WorldLog _log;
    private readonly IReadOnlyList<FaultRecord> _proved;
    private readonly SubscriptionReport _report;
    private readonly ExpectedChanges _expected;
    private readonly MergedStretch _merged;
    private readonly Dictionary<string, long> _cursors = new(StringComparer.Ordinal);

    // What was passed without coming, and by what: if it comes yet, that was it; else it is a gap.
    private readonly SortedDictionary<long, (SubscriptionFault IfItComes, int Line)> _missing = [];
    private readonly List<SubscriptionFrame> _pending = []; // merged changes, of which the receipt has not come
    private SubscriptionRecord.Opened? _opened;
    private SubscriptionPhase _phase = SubscriptionPhase.Away;
    private SnapshotPhase? _snapshot;
    private ClientSet? _set; // null while nobody could know it
    private long _covered;   // everything up to here has come, or is missing
    private bool _hasBegun;
    private int _line;

    public SubscriptionTrace(SubscriptionDescription about, WorldLog log, IReadOnlyList<FaultRecord> proved, SubscriptionReport report)
    {
        (_about, _log, _proved, _report) = (about, log, proved, report);
        _expected = new ExpectedChanges(about, log);
        _merged = new MergedStretch(about, log, _expected, report);
    }

    public void Take(SubscriptionRecord record)
    {
        _line++;
        switch (record)
        {
            case SubscriptionRecord.Opened opened:
                Open(opened);
                break;
            case SubscriptionRecord.Received received:
                Receive(received.At, received.Raw);
                break;
            case SubscriptionRecord.ReceivedEvent received:
                Receive(received.At, received.Raw, received);
                break;
            case SubscriptionRecord.Ended ended:
                End(ended);
                break;
            case SubscriptionRecord.Quiesced quiesced:
                Quiesce(quiesced.Position);
                break;
            default:
                throw new InvalidOperationException($"nobody knows what a {record.GetType().Name} is");
        }
    }

    public void Finish()
    {
        foreach (var (position, (_, line)) in _missing)
        {
            _report.Add(SubscriptionFault.Gap, position, line, $"{_expected.At(position)} never came");
        }
    }

    // The text of a close for slowness ends with the position to go on from.
    [GeneratedRegex(@"(?<position>\d+)\D*$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LastNumber();

    private void Open(SubscriptionRecord.Opened opened)
    {
        _opened = opened;
        _phase = SubscriptionPhase.Asked;
        _snapshot = null;
        _pending.Clear();
        _report.Totals.Connections++;
        _report.Totals.Resumes += opened.Start.IsCursor || opened.Start.Position > 0 ? 1 : 0;
    }

    private void Receive(long at, byte[] raw, SubscriptionRecord.ReceivedEvent? sent = null)
    {
        if (SubscriptionFrame.TryRead(raw) is not { } frame)
        {
            Add(SubscriptionFault.Protocol, null, "a frame is no JSON object with a type, or has a member of another kind");
            return;
        }

        if (!string.Equals(frame.Sub, _about.Protocol == SubscriptionProtocol.Socket ? _about.Name : null, StringComparison.Ordinal))
        {
            Add(SubscriptionFault.Protocol, frame.Position, $"a {frame.Type} is of the subscription «{frame.Sub}»");
        }

        if (sent is not null && (sent.Name != frame.Type || sent.Id != (frame.Cursor ?? string.Empty)))
        {
            Add(SubscriptionFault.Protocol, frame.Position, $"a {frame.Type} with the cursor «{frame.Cursor}» was the event {sent.Name} with the id «{sent.Id}»");
        }

        if (frame.Position is { } position && _log.Times.LowestSentAfter(at) is { } later && later <= position)
        {
            Add(frame.Change is null ? SubscriptionFault.Claim : SubscriptionFault.Phantom, position, $"{frame.Type} speaks of {position}; {later} was sent only later");
        }

        Take(frame);
        Remember(frame);
    }

    private void Take(SubscriptionFrame frame)
    {
        if (_phase is SubscriptionPhase.Away or SubscriptionPhase.Over)
        {
            Add(SubscriptionFault.Protocol, frame.Position, $"a {frame.Type} came {(_phase == SubscriptionPhase.Over ? "after the subscription had ended" : "without being asked for")}");
            return;
        }

        if (_phase == SubscriptionPhase.Asked && frame.Type is not ("subscribed" or "cursor_unknown" or "error"))
        {
            Add(SubscriptionFault.Protocol, frame.Position, $"a {frame.Type} came before subscribed");
            _phase = SubscriptionPhase.Running;
        }

        switch (frame.Type)
        {
            case "subscribed":
                Begin(frame);
                break;
            case "entity" when _phase == SubscriptionPhase.Snapshot:
                _report.Totals.Rows++;
                _snapshot!.TakeRow(frame, _line);
                break;
            case "entity":
                Add(SubscriptionFault.Snapshot, null, $"a row of {frame.EntityId} came outside of a snapshot");
                break;
            case "change" or "entity_deleted" or "enter" or "leave":
                TakeChange(frame);
                break;
            case "skipped":
                TakeReceipt(frame);
                break;
            case "caught_up":
                CatchUp(frame);
                break;
            case "progress" when _phase == SubscriptionPhase.Snapshot && frame.Cursor is null:
                _report.Totals.Progress++; // it lives; there is nothing yet to go on from
                break;
            case "progress":
                _report.Totals.Progress++;
                Claim(frame);
                break;
            case "unsubscribed":
                _phase = SubscriptionPhase.Over;
                break;
            case "cursor_unknown":
                Add(SubscriptionFault.Resume, frame.Position, $"the cursor {_opened!.Start} is of this log, and was not known");
                _phase = SubscriptionPhase.Over;
                break;
            case "error":
                Fail(frame);
                break;
            default:
                Add(SubscriptionFault.Protocol, frame.Position, $"a subscription has no frame of type {frame.Type}");
                break;
        }
    }

    private void Begin(SubscriptionFrame frame)
    {
        if (_phase != SubscriptionPhase.Asked)
        {
            Add(SubscriptionFault.Protocol, frame.Position, "subscribed came a second time");
            return;
        }

        var start = _opened!.Start;
        var position = frame.Position ?? -1;
        var wanted = start.IsCursor ? (_cursors.TryGetValue(start.Text, out var known) ? known : _opened.Position) : start.Position;
        if (wanted is not null && position != wanted)
        {
            Add(SubscriptionFault.Resume, position, $"it was to go on after {wanted} and began after {position}");
            position = wanted.Value; // what is not there counts as missing, what comes again as repeated
        }
        else if (position < 0 || position > _log.Head)
        {
            Add(SubscriptionFault.Resume, frame.Position, $"it began after {frame.Position}; the log ends at {_log.Head}");
        }

        var isSnapshot = start == SubscriptionStart.Snapshot;
        if (isSnapshot != (frame.Cursor is null))
        {
            Add(SubscriptionFault.Protocol, position, $"subscribed from {start} {(isSnapshot ? "has a" : "has no")} cursor");
        }

        (_phase, _snapshot) = isSnapshot
            ? (SubscriptionPhase.Snapshot, new SnapshotPhase(_about, _log, _expected, position, _report))
            : (SubscriptionPhase.Running, null);
        if (!isSnapshot)
        {
            // Whoever goes on where it was, or before, has in the end what it would have had; whoever leaves something out knows nothing for sure.
            _set = position == 0 ? new ClientSet() : _hasBegun && position <= _covered ? _set : null;
            foreach (var again in _missing.Keys.Where(p => p > position).ToArray())
            {
                _missing.Remove(again);
            }

            (_covered, _hasBegun) = (position, true);
        }
    }

    private void TakeChange(SubscriptionFrame frame)
    {
        _report.Totals.Changes++;
        if (_phase == SubscriptionPhase.Snapshot)
        {
            _snapshot!.TakeChange(frame, _line);
            return;
        }

        if (frame.Cursor is null && _about.Slow == SlowReading.Conflate)
        {
            _pending.Add(frame);
            return;
        }

        if (frame.Cursor is null)
        {
            Add(SubscriptionFault.Protocol, frame.Position, $"{frame.Type} of {frame.EntityId} has no cursor");
        }

        DropPending(frame);
        var position = frame.Position ?? 0;
        if (_expected.At(position) is not { } change)
        {
            Add(SubscriptionFault.Phantom, position, $"{frame.Type} of {frame.EntityId} at {position}, where the log has none for it");
            return;
        }

        if (FrameContent.Difference(frame, change) is { } difference)
        {
            Add(SubscriptionFault.Altered, position, difference);
        }

        if (position > _covered)
        {
            Pass(position - 1, SubscriptionFault.Order);
            _covered = position;
            _set?.Apply(frame);
        }
        else if (_missing.Remove(position, out var passed))
        {
            Add(passed.IfItComes, position, $"{change} came behind {_covered}");
            _set?.Apply(frame);
        }
        else
        {
            Add(SubscriptionFault.Repeat, position, $"{change} came again; {_covered} was reached");
        }
    }

    private void TakeReceipt(SubscriptionFrame frame)
    {
        _report.Totals.Receipts++;
        _report.Totals.Merged += frame.Count ?? 0;
        if (_about.Slow != SlowReading.Conflate || _phase != SubscriptionPhase.Running)
        {
            Add(SubscriptionFault.Protocol, frame.Position, "skipped came to a subscription that does not conflate, or within a snapshot");
            return;
        }

        _merged.Check(_pending, frame, _covered, _line);
        _pending.ForEach(f => _set?.Apply(f));
        _pending.Clear();
        _covered = Math.Max(_covered, frame.Position ?? 0);
    }

    private void CatchUp(SubscriptionFrame frame)
    {
        _report.Totals.CaughtUp++;
        if (_phase != SubscriptionPhase.Snapshot)
        {
            Claim(frame);
            return;
        }

        var position = frame.Position ?? 0;
        if (position > _log.Head)
        {
            Add(SubscriptionFault.Claim, position, $"caught_up says {position}; the log ends at {_log.Head}");
        }

        _snapshot!.CatchUp(position, _line);
        _report.Totals.Snapshots++;
        (_set, _covered, _hasBegun) = (_snapshot.Set, position, true);
        (_phase, _snapshot) = (SubscriptionPhase.Running, null);
    }

    private void Claim(SubscriptionFrame frame)
    {
        if (_phase == SubscriptionPhase.Snapshot)
        {
            Add(SubscriptionFault.Protocol, frame.Position, $"{frame.Type} came within a snapshot");
            return;
        }

        DropPending(frame);
        Claim(frame.Position ?? 0, frame.Type);
    }

    // «You have everything up to here.»
    private void Claim(long position, string what)
    {
        if (position < _covered || position > _log.Head)
        {
            Add(SubscriptionFault.Claim, position, $"{what} says {position}; {_covered} was reached, and the log ends at {_log.Head}");
            return;
        }

        Pass(position, SubscriptionFault.Claim);
        _covered = position;
    }

    // Nothing follows on this connection, so it is decided now. Where the client goes on is its own choice.
    private void ClaimAtEnd(long position, string what)
    {
        if (position < _covered || _expected.Between(_covered, position).Any())
        {
            Add(SubscriptionFault.Claim, position, $"{what} says {position}; {_covered} was reached, and {_expected.Between(_covered, position).Count()} changes up to there did not come");
        }
    }

    private void Pass(long upTo, SubscriptionFault ifItComes)
    {
        foreach (var change in _expected.Between(_covered, upTo))
        {
            _missing[change.Position] = (ifItComes, _line);
        }
    }

    private void DropPending(SubscriptionFrame frame)
    {
        if (_pending.Count > 0)
        {
            Add(SubscriptionFault.Skipped, frame.Position, $"a {frame.Type} came behind {_pending.Count} merged changes without a receipt for them");
            _pending.Clear();
        }
    }

    private void Fail(SubscriptionFrame frame)
    {
        if (frame.Code is not "unavailable")
        {
            Add(SubscriptionFault.Protocol, frame.Position, $"it ended with the error {frame.Code}");
        }

        if (frame.Position is { } position && _phase == SubscriptionPhase.Running)
        {
            ClaimAtEnd(position, "error");
        }

        _phase = SubscriptionPhase.Over;
    }

    private void Remember(SubscriptionFrame frame)
    {
        if (frame.Cursor is { } cursor && frame.Position is { } position && !_cursors.TryAdd(cursor, position) && _cursors[cursor] != position)
        {
            Add(SubscriptionFault.Resume, position, $"the cursor {cursor} stood for {_cursors[cursor]} before");
        }
    }

    private void End(SubscriptionRecord.Ended ended)
    {
        if (!ended.ByClient && !IsExplained(ended))
        {
            Add(SubscriptionFault.Protocol, _covered, $"the server ended the connection with {ended.Code?.ToString(CultureInfo.InvariantCulture) ?? "no code"} «{ended.Reason}»");
        }

        if (ended.Code == TooSlowCode && !ended.ByClient)
        {
            _report.Totals.TooSlow++;
            if (_about.Slow == SlowReading.Disconnect && _phase == SubscriptionPhase.Running && LastNumber().Match(ended.Reason) is { Success: true } match
                && ended.Reason.Contains(_about.Name, StringComparison.Ordinal))
            {
                ClaimAtEnd(long.Parse(match.Groups["position"].Value, CultureInfo.InvariantCulture), "the close for slowness");
            }
        }

        _phase = SubscriptionPhase.Away;
        _snapshot = null;
        _pending.Clear();
    }

    private bool IsExplained(SubscriptionRecord.Ended ended) => ended.Code switch
    {
        GoingAwayCode => true,
        TooSlowCode => _about.Slow == SlowReading.Disconnect,
        null when _about is { Protocol: SubscriptionProtocol.ServerSentEvents, Slow: SlowReading.Disconnect } => true, // plain HTTP has no close codes
        null => _phase == SubscriptionPhase.Over || _proved.Any(f => f.At >= _opened!.At && (f.Node is null || f.Node == _opened.Node)),
        _ => false,
    };

    private void Quiesce(long position)
    {
        if (_phase != SubscriptionPhase.Running)
        {
            Add(SubscriptionFault.Gap, position, $"at the end it was {_phase}");
            return;
        }

        DropPending(new SubscriptionFrame { Type = "end", Position = position });
        _report.Totals.IsWhole = !_expected.Between(_covered, position).Any();
        if (position > _covered)
        {
            Pass(position, SubscriptionFault.Gap);
            _covered = position;
        }

        if (_set is not null && _about.FollowsState)
        {
            CompareSet(position);
        }
    }

    private void CompareSet(long position)
    {
        foreach (var entity in _expected.EntitiesInScope.Union(_set!.Entities, StringComparer.Ordinal))
        {
            var state = _expected.HasAt(entity, position) ? _log.LastOf(entity, position)!.After : null;
            if (!_set.Agrees(entity, state))
            {
                Add(SubscriptionFault.State, position, $"whoever applied all frames has another {entity} than the log, {(state is null ? "which has none" : $"which has {_log.LastOf(entity, position)}")}");
            }
        }
    }

    private void Add(SubscriptionFault fault, long? position, string text) => _report.Add(fault, position, _line, text);
}
