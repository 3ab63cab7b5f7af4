using System.Buffers;
using Flux.Core.Log;
using Flux.Core.Namespaces;
using Flux.Core.Subscriptions;
using Flux.Grains.Namespaces;

namespace Flux.Server.Subscriptions.V2;

/// <summary>The live path of newer subscriptions: it hands each change, once encoded, to those that want it, and knows who joins and who falls behind.</summary>
/// <remarks>
/// One lock orders everything that has to agree on a position. Under it nothing waits: a subscription that cannot take a block leaves the live path, and
/// a <see cref="Follower"/> leads it back.
/// </remarks>
internal sealed class ChangeFeed(
    NamespaceDirectory directory, Guid epoch, Action<Subscription, Cursor, LeaveReason> onLeft, Action<RecordedEvent, int> onShipped)
{
    // Of progress frames under the lock: more of them would hold up changes.
    private const int ProgressSlice = 256;

    private readonly Lock _gate = new();
    private readonly ScopeIndex<Subscription> _index = new();
    private readonly Dictionary<FrameVariant, FrameGroup> _groups = [];
    private readonly HashSet<Subscription> _live = [];
    private readonly Dictionary<string, SharedPredicate> _predicates = new(StringComparer.Ordinal);
    private readonly List<FrameGroup> _withEverything = []; // the groups in which somebody wants everything
    private readonly ChangeBodies _bodies = new(epoch);
    private readonly ChangeBodies _joining = new(epoch);
    private readonly FeedTail _tail = new();
    private readonly List<JudgedChange> _missed = [];
    private readonly List<(JudgedChange Change, ChangeKind Kind)> _wanted = [];
    private readonly List<Subscription> _found = [];
    private readonly List<Subscription> _tooSlow = [];
    private readonly List<(Subscription Subscription, Cursor Before, LeaveReason Reason)> _left = [];
    private readonly List<FrameGroup> _written = [];
    private long _position;
    private ulong _rowHash;
    private RecordedEvent? _lastWritten;

    /// <summary>Gets the position of the last change that was handed over.</summary>
    public Position Position => new(Volatile.Read(ref _position));

    /// <summary>Gets the cursor behind the last change.</summary>
    public Cursor Cursor
    {
        get
        {
            lock (_gate)
            {
                return new Cursor(epoch, Position, _rowHash);
            }
        }
    }

    /// <summary>Makes the cursor behind one of the last positions.</summary>
    /// <returns>The cursor; null when the position is not among the last that are kept here.</returns>
    public Cursor? FindCursor(Position position)
    {
        lock (_gate)
        {
            return position == Position ? new Cursor(epoch, position, _rowHash)
                : _tail.Find(Position.Value - position.Value) is { } recorded ? Cursor.Behind(epoch, recorded)
                : null;
        }
    }

    /// <summary>Sets where it goes on; nobody may be on the live path.</summary>
    public void StartAfter(Position position, ulong rowHash)
    {
        lock (_gate)
        {
            Volatile.Write(ref _position, position.Value);
            _rowHash = rowHash;
            _tail.Clear();
        }
    }

    /// <summary>Hands over the next changes. What was handed over before is left out.</summary>
    /// <param name="changes">Changes in position order without a gap, beginning at the next position or before it.</param>
    public void Dispatch(ReadOnlySpan<JudgedChange> changes)
    {
        lock (_gate)
        {
            var before = Cursor;
            foreach (var change in changes)
            {
                var recorded = change.Recorded;
                if (recorded.Position <= Position)
                {
                    continue;
                }

                if (recorded.Position != Position.Next)
                {
                    Ship(before);
                    throw new InvalidOperationException($"The feed jumps from position {Position} to {recorded.Position}");
                }

                if (_live.Count > 0 && Subscription.IsPushed(recorded) && Write(change) >= Outbox.BlockBytes)
                {
                    Advance(change);
                    Ship(before);
                    before = Cursor;
                }
                else
                {
                    Advance(change);
                }
            }

            Ship(before);
        }
    }

    /// <summary>Puts a subscription on the live path from the next change on.</summary>
    /// <param name="subscription">It is on no path.</param>
    /// <param name="announce">Makes the frame that is queued first, from the cursor of this moment.</param>
    public void Join(Subscription subscription, Func<Cursor, byte[]> announce)
    {
        lock (_gate)
        {
            subscription.Append(announce(Cursor));
            Add(subscription);
        }
    }

    /// <summary>Puts a subscription that has read the log almost to the end back on the live path, with what it lacks.</summary>
    /// <param name="subscription">It is on no path.</param>
    /// <param name="position">Up to where it was given everything.</param>
    /// <param name="announce">Makes the frame that is queued behind what it lacks; null for none.</param>
    /// <returns>False when it lacks too much, and has to read on.</returns>
    public bool TryJoin(Subscription subscription, Position position, Func<Cursor, byte[]>? announce)
    {
        lock (_gate)
        {
            var lacking = Position.Value - position.Value;
            if (lacking < 0 || !_tail.TryRead(lacking, _missed))
            {
                return false;
            }

            // Measured before anything is written: nobody waits for what is thrown away.
            var bytes = 0L;
            _wanted.Clear();
            foreach (var change in _missed)
            {
                var recorded = change.Recorded;
                if (!Subscription.IsPushed(recorded) || recorded.Data.Payload.EntityId is not { } id || !subscription.Scope.Includes(id) || !subscription.MayRead(id))
                {
                    continue;
                }

                if (subscription.Where is not null && change.View is null && recorded.Damage is null)
                {
                    return false; // nobody asked for the states then
                }

                var kind = subscription.Judge(change);
                if (kind == ChangeKind.TooCostly)
                {
                    return false; // the follower meets it again, and ends the subscription there
                }

                if (kind != ChangeKind.None)
                {
                    bytes += recorded.Data.Payload.Json.Length + (kind == ChangeKind.Enter ? change.After?.Bytes ?? 0 : 0); // which has all properties
                    if (bytes > FeedTail.JoinBytes)
                    {
                        return false;
                    }

                    _wanted.Add((change, kind));
                }
            }

            var frames = new ArrayBufferWriter<byte>(256);
            foreach (var (change, kind) in _wanted)
            {
                _joining.Start(change.Recorded, change.After, hasCursor: true);
                _joining.Write(frames, subscription.Variant, kind);
            }

            if (announce is not null)
            {
                frames.Write(announce(Cursor));
            }

            if (frames.WrittenCount > 0)
            {
                subscription.Append(frames.WrittenSpan.ToArray());
            }

            Add(subscription);
            return true;
        }
    }

    /// <summary>Takes a subscription off the live path.</summary>
    public void Remove(Subscription subscription)
    {
        lock (_gate)
        {
            Leave(subscription);
        }
    }

    /// <summary>Tells all that want to know that they have everything up to the position of this moment.</summary>
    /// <param name="isCurrent">Says whether that may be said of a position.</param>
    /// <param name="write">Writes the frame for a variant.</param>
    public void SendProgress(Func<Position, bool> isCurrent, Func<FrameVariant, Cursor, byte[]> write)
    {
        Subscription[] wanting;
        lock (_gate)
        {
            wanting = [.. _live.Where(subscription => subscription.WantsProgress)];
        }

        var frames = new Dictionary<FrameVariant, byte[]>();
        for (var at = 0; at < wanting.Length; at += ProgressSlice)
        {
            lock (_gate)
            {
                if (!isCurrent(Position))
                {
                    return;
                }

                frames.Clear(); // the position may have moved
                foreach (var subscription in wanting.AsSpan(at, Math.Min(ProgressSlice, wanting.Length - at)))
                {
                    if (!subscription.IsLive)
                    {
                        continue;
                    }

                    if (!frames.TryGetValue(subscription.Variant, out var frame))
                    {
                        frames.Add(subscription.Variant, frame = write(subscription.Variant, Cursor));
                    }

                    subscription.TryOffer(frame, [new Piece(0, frame.Length)]); // one that is full has other news first
                }
            }
        }
    }

    private void Advance(JudgedChange change)
    {
        _tail.Add(change);
        _rowHash = Cursor.Shorten(change.Recorded.Hash);
        Volatile.Write(ref _position, change.Recorded.Position.Value);
    }

    /// <summary>Writes a change for all that want it.</summary>
    /// <returns>The size of the largest block being written.</returns>
    private int Write(JudgedChange change)
    {
        var recorded = change.Recorded;
        var id = recorded.Data.Payload.EntityId!;
        var hidden = directory.FindHidden(id);
        var plain = Subscription.Plain(recorded);
        var largest = 0;
        _bodies.Start(recorded, change.After, hasCursor: true);
        foreach (var group in _withEverything)
        {
            if (hidden is null)
            {
                group.AddToEverything(_bodies, plain);
            }
            else
            {
                AddReaders(group, id, hidden, plain);
            }

            largest = Math.Max(largest, Note(group));
        }

        _found.Clear();
        _index.Find(id, _found);
        foreach (var subscription in _found)
        {
            if (hidden is not null && !subscription.MayRead(id, hidden))
            {
                continue;
            }

            if (subscription.Shared is not null && change.View is null && recorded.Damage is null)
            {
                Leave(subscription, LeaveReason.Unjudged); // it joined while the states were being fetched
                continue;
            }

            var kind = subscription.Shared is { } where ? where.Judge(change) : plain;
            if (kind == ChangeKind.TooCostly)
            {
                Leave(subscription, LeaveReason.TooCostly);
            }
            else if (kind != ChangeKind.None)
            {
                var group = _groups[subscription.Variant];
                group.Add(subscription, _bodies, kind);
                largest = Math.Max(largest, Note(group));
            }
        }

        return largest;
    }

    private void AddReaders(FrameGroup group, string id, NamespaceRecord hidden, ChangeKind kind)
    {
        foreach (var subscription in group.Everything)
        {
            if (subscription.MayRead(id, hidden))
            {
                group.Add(subscription, _bodies, kind);
            }
        }
    }

    private int Note(FrameGroup group)
    {
        if (group.Length > 0 && !group.IsWritten)
        {
            group.IsWritten = true;
            _written.Add(group);
        }

        _lastWritten = _bodies.Recorded;
        return group.Length;
    }

    private void Ship(Cursor before)
    {
        if (_written.Count > 0)
        {
            var bytes = 0;
            foreach (var group in _written)
            {
                bytes += group.Ship(_tooSlow);
            }

            _written.Clear();
            onShipped(_lastWritten!, bytes);
            foreach (var subscription in _tooSlow)
            {
                Leave(subscription);
                _left.RemoveAll(left => left.Subscription == subscription); // it lacks the whole block
                onLeft(subscription, before, LeaveReason.TooSlow);
            }

            _tooSlow.Clear();
        }

        foreach (var (subscription, at, reason) in _left)
        {
            onLeft(subscription, at, reason);
        }

        _left.Clear();
    }

    // What it was given of the block before this change is shipped all the same.
    private void Leave(Subscription subscription, LeaveReason reason)
    {
        _left.Add((subscription, Cursor, reason));
        Leave(subscription);
    }

    private void Add(Subscription subscription)
    {
        if (subscription.IsEnded || !_live.Add(subscription))
        {
            return;
        }

        subscription.IsLive = true;
        if (!_groups.TryGetValue(subscription.Variant, out var group))
        {
            _groups.Add(subscription.Variant, group = new FrameGroup(subscription.Variant));
        }

        group.Count++;
        if (subscription.Scope.IsEverything && subscription.Where is null)
        {
            if (group.Everything.Count == 0)
            {
                _withEverything.Add(group);
            }

            group.Everything.Add(subscription);
            return;
        }

        _index.Add(subscription, subscription.Scope);
        if (subscription.Where is { } where)
        {
            if (!_predicates.TryGetValue(where.Text, out var shared))
            {
                _predicates.Add(where.Text, shared = new SharedPredicate(where));
            }

            shared.Count++;
            subscription.Shared = shared;
        }
    }

    private void Leave(Subscription subscription)
    {
        if (!_live.Remove(subscription))
        {
            return;
        }

        subscription.IsLive = false;
        var group = _groups[subscription.Variant];
        if (--group.Count == 0)
        {
            _groups.Remove(subscription.Variant);
        }

        if (group.Everything.Remove(subscription))
        {
            if (group.Everything.Count == 0)
            {
                _withEverything.Remove(group);
            }

            return;
        }

        _index.Remove(subscription, subscription.Scope);
        if (subscription.Shared is { } shared && --shared.Count == 0)
        {
            _predicates.Remove(shared.Text);
        }

        subscription.Shared = null;
    }
}
