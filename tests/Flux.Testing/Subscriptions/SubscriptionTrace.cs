using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Flux.Testing.History;

namespace Flux.Testing.Subscriptions;

/// <summary>Follows one subscriber over all its connections, and holds each frame to the protocol and the log.</summary>
internal sealed partial class SubscriptionTrace
{
    private const int TooSlowCode = 4408;
    private const int GoingAwayCode = 1001;

    // How long a server waits until its close code is read; then it resets the connection, because nothing passes what is unread before it.
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(5);

    private readonly SubscriptionDescription _about;
    private readonly WorldLog _log;
    private readonly IReadOnlyList<(FaultRecord Announced, FaultRecord Proved)> _faults;
    private readonly SubscriptionReport _report;
    private readonly ExpectedChanges _expected;
    private readonly ChangeLedger _ledger;
    private readonly Dictionary<string, long> _cursors = new(StringComparer.Ordinal);
    private SubscriptionRecord.Opened? _opened;
    private SubscriptionPhase _phase = SubscriptionPhase.Away;
    private SnapshotPhase? _snapshot;
    private bool _wasUnread; // on this connection, for so long that a close code may have been given up
    private int _line;

    public SubscriptionTrace(
        SubscriptionDescription about, WorldLog log, IReadOnlyList<(FaultRecord Announced, FaultRecord Proved)> faults, SubscriptionReport report)
    {
        (_about, _log, _faults, _report) = (about, log, faults, report);
        _expected = new ExpectedChanges(about, log);
        _ledger = new ChangeLedger(about, log, _expected, report);
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
            case SubscriptionRecord.Stalled stalled:
                _wasUnread |= Stopwatch.GetElapsedTime(stalled.Since, stalled.At) >= CloseTime;
                break;
            case SubscriptionRecord.Quiesced quiesced:
                Quiesce(quiesced.Position);
                break;
            default:
                throw new InvalidOperationException($"nobody knows what a {record.GetType().Name} is");
        }
    }

    public void Finish() => _ledger.Finish();

    // The text of a close for slowness ends with the position to go on from.
    [GeneratedRegex(@"(?<position>\d+)\D*$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LastNumber();

    private void Open(SubscriptionRecord.Opened opened)
    {
        (_opened, _wasUnread) = (opened, false);
        _phase = SubscriptionPhase.Asked;
        _snapshot = null;
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
            case "entity":
                TakeRow(frame);
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
            case "progress":
                Progress(frame);
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

        if (isSnapshot)
        {
            (_phase, _snapshot) = (SubscriptionPhase.Snapshot, new SnapshotPhase(_about, _log, _expected, position, _report));
        }
        else
        {
            _phase = SubscriptionPhase.Running;
            _ledger.Begin(position);
        }
    }

    private void TakeRow(SubscriptionFrame frame)
    {
        if (_phase != SubscriptionPhase.Snapshot)
        {
            Add(SubscriptionFault.Snapshot, null, $"a row of {frame.EntityId} came outside of a snapshot");
            return;
        }

        _report.Totals.Rows++;
        _snapshot!.TakeRow(frame, _line);
    }

    private void TakeChange(SubscriptionFrame frame)
    {
        _report.Totals.Changes++;
        if (_phase == SubscriptionPhase.Snapshot)
        {
            _report.Totals.BetweenRows++;
            _snapshot!.TakeChange(frame, _line);
        }
        else
        {
            _ledger.TakeChange(frame, _line);
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

        _ledger.TakeReceipt(frame, _line);
    }

    private void CatchUp(SubscriptionFrame frame)
    {
        _report.Totals.CaughtUp++;
        if (_phase != SubscriptionPhase.Snapshot)
        {
            _ledger.Claim(frame, _line);
            return;
        }

        var position = frame.Position ?? 0;
        if (position > _log.Head)
        {
            Add(SubscriptionFault.Claim, position, $"caught_up says {position}; the log ends at {_log.Head}");
        }

        _snapshot!.CatchUp(position, _line);
        _report.Totals.Snapshots++;
        _ledger.Begin(position, _snapshot.Set);
        (_phase, _snapshot) = (SubscriptionPhase.Running, null);
    }

    private void Progress(SubscriptionFrame frame)
    {
        _report.Totals.Progress++;
        if (_phase != SubscriptionPhase.Snapshot)
        {
            _ledger.Claim(frame, _line);
        }
        else if (frame.Cursor is not null)
        {
            // Within a snapshot it says that the feed lives; there is nothing yet to go on from.
            Add(SubscriptionFault.Protocol, frame.Position, "progress has a cursor, though the snapshot is not complete");
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
            _ledger.ClaimAtEnd(position, "error", _line);
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
            Add(SubscriptionFault.Protocol, _ledger.Covered, $"the server ended the connection with {ended.Code?.ToString(CultureInfo.InvariantCulture) ?? "no code"} «{ended.Reason}»");
        }

        if (ended is { ByClient: false, Code: null } && _wasUnread && _about.Slow == SlowReading.Disconnect)
        {
            _report.Totals.TooSlowUnread++;
        }

        if (ended.Code == TooSlowCode && !ended.ByClient)
        {
            _report.Totals.TooSlow++;
            TakeSlowness(ended.Reason);
        }

        _phase = SubscriptionPhase.Away;
        _snapshot = null;
        _ledger.Interrupt();
    }

    private void TakeSlowness(string reason)
    {
        if (_about.Slow != SlowReading.Disconnect || _phase != SubscriptionPhase.Running)
        {
            return; // that it came at all is a finding already
        }

        if (LastNumber().Match(reason) is { Success: true } match && reason.Contains(_about.Name, StringComparison.Ordinal))
        {
            _ledger.ClaimAtEnd(long.Parse(match.Groups["position"].Value, CultureInfo.InvariantCulture), "the close for slowness", _line);
        }
        else
        {
            Add(SubscriptionFault.Protocol, _ledger.Covered, $"a close for slowness names no subscription and position: «{reason}»");
        }
    }

    private bool IsExplained(SubscriptionRecord.Ended ended) => ended.Code switch
    {
        GoingAwayCode => true,
        TooSlowCode => _about.Slow == SlowReading.Disconnect,
        null when _about is { Protocol: SubscriptionProtocol.ServerSentEvents, Slow: SlowReading.Disconnect } => true, // plain HTTP has no close codes
        null when _about.Slow == SlowReading.Disconnect && _wasUnread => true,
        null => _phase == SubscriptionPhase.Over || _faults.Any(f => Explains(f, ended)),
        _ => false,
    };

    // A fault of another node, or one that was over before it began or began after it ended, is no reason.
    private bool Explains((FaultRecord Announced, FaultRecord Proved) fault, SubscriptionRecord.Ended ended) =>
        fault.Announced.At <= ended.At && fault.Proved.At >= _opened!.At && (fault.Proved.Node is FaultRecord.AllNodes || fault.Proved.Node == _opened.Node);

    private void Quiesce(long position)
    {
        if (_phase == SubscriptionPhase.Running)
        {
            _ledger.Quiesce(position, _line);
        }
        else
        {
            Add(SubscriptionFault.Gap, position, $"at the end it was {_phase}");
        }
    }

    private void Add(SubscriptionFault fault, long? position, string text) => _report.Add(fault, position, _line, text);
}
