using Flux.Core.Events;
using Flux.Core.Expressions;
using Flux.Core.Log;
using Flux.Core.Namespaces;
using Flux.Core.Subscriptions;

namespace Flux.Server.Subscriptions.V2;

/// <summary>One subscription of a newer socket or of an event stream: an ordered sequence of changes, each once, none left out.</summary>
internal sealed class Subscription
{
    private readonly Lock _writing = new();
    private readonly Action<Subscription> _onEnded;
    private bool _isEnded;

    public Subscription(Connection connection, FrameVariant variant, SubscribeRequest request, Action<Subscription> onEnded)
    {
        _onEnded = onEnded;
        Connection = connection;
        Variant = variant;
        Scope = request.Scope;
        Where = request.Where;
        Slow = request.Slow;
        WantsProgress = request.WantsProgress;
    }

    /// <summary>Gets the socket that it is on.</summary>
    public Connection Connection { get; }

    /// <summary>Gets how its frames look. They change when a replay goes live, which is before it is on the live path.</summary>
    public FrameVariant Variant { get; private set; }

    /// <summary>Gets or sets what replays the past to it; null for one that does not begin as a replay.</summary>
    public Replay? Replay { get; set; }

    /// <summary>Gets which entities it is about.</summary>
    public Scope Scope { get; }

    /// <summary>Gets which of their changes; null for all.</summary>
    public Predicate? Where { get; }

    /// <summary>Gets what happens when its client reads too slowly.</summary>
    public SlowMode Slow { get; }

    /// <summary>Gets a value indicating whether it gets progress frames.</summary>
    public bool WantsProgress { get; }

    /// <summary>Gets or sets a value indicating whether it is on the live path. Under the feed's lock.</summary>
    public bool IsLive { get; set; }

    /// <summary>Gets or sets its predicate as all live ones with the same text have it; null without one. Under the feed's lock.</summary>
    public SharedPredicate? Shared { get; set; }

    /// <summary>Gets the frames of the block being written that go to it. Under the feed's lock.</summary>
    public List<Piece> Pieces { get; } = [];

    /// <summary>Gets a value indicating whether nothing more is to be sent to it.</summary>
    public bool IsEnded
    {
        get
        {
            lock (_writing)
            {
                return _isEnded;
            }
        }
    }

    /// <summary>Ends it: once this has returned, no frame of it is queued any more.</summary>
    /// <returns>False when it had ended already.</returns>
    public bool End()
    {
        lock (_writing)
        {
            var wasRunning = !_isEnded;
            _isEnded = true;
            return wasRunning;
        }
    }

    /// <summary>Ends it with a last frame. Whoever has seen the frame finds it ended, and its name free.</summary>
    /// <returns>False when it had ended already.</returns>
    public bool End(byte[] last)
    {
        lock (_writing)
        {
            if (_isEnded)
            {
                return false;
            }

            _isEnded = true;
            Connection.Outbox.Append(last, [new Piece(0, last.Length)]);
            return true;
        }
    }

    /// <summary>Tells who started it that it has ended by itself.</summary>
    public void OnEnded() => _onEnded(this);

    /// <summary>Queues frames and waits until the transport has taken them: the pace of its client.</summary>
    /// <param name="frames">Whole frames; they must not change until then.</param>
    /// <exception cref="IOException">The socket is gone, or the subscription has ended.</exception>
    public Task WriteAsync(ReadOnlyMemory<byte> frames)
    {
        lock (_writing)
        {
            return _isEnded ? Task.FromException(new IOException("The subscription has ended")) : Connection.Outbox.WriteAsync(frames);
        }
    }

    /// <summary>Offers frames that are shared with others.</summary>
    /// <returns>False when too much is waiting already: nothing was taken.</returns>
    public bool TryOffer(byte[] block, ReadOnlySpan<Piece> pieces)
    {
        lock (_writing)
        {
            return _isEnded || Connection.Outbox.TryOffer(block, pieces);
        }
    }

    /// <summary>Queues frames of its own, whatever waits already; the caller has bounded them.</summary>
    public void Append(byte[] frames)
    {
        lock (_writing)
        {
            if (!_isEnded)
            {
                Connection.Outbox.Append(frames, [new Piece(0, frames.Length)]);
            }
        }
    }

    /// <summary>Queues an answer to its client.</summary>
    /// <returns>False when the client reads none; null when it has ended: nothing was queued.</returns>
    public bool? TryAnswer(byte[] frame)
    {
        lock (_writing)
        {
            return _isEnded ? null : Connection.TryAnswer(frame);
        }
    }

    /// <summary>Makes a subscription of what was a replay: its frames are no longer marked.</summary>
    public void GoLive() => Variant = new FrameVariant(Variant.Name);

    /// <summary>Says whether its client may see an entity, by the rights of this moment.</summary>
    public bool MayRead(string id) => Connection.Rights.CanRead(id);

    /// <summary>Says whether its client may see an entity of a hidden namespace, by the rights of this moment.</summary>
    public bool MayRead(string id, NamespaceRecord hidden) =>
        Connection.Namespace is { } sockets && string.Equals(sockets.Name, hidden.Name, StringComparison.Ordinal) && Connection.Rights.CanRead(id, hidden);

    /// <summary>Says what a change in its scope is to it.</summary>
    /// <param name="change">A change that was applied; with its states when there is a predicate.</param>
    public ChangeKind Judge(JudgedChange change) => Where is null ? Plain(change.Recorded) : Judge(Where, change);

    /// <summary>Says what a change is to those who have a predicate.</summary>
    public static ChangeKind Judge(Predicate where, JudgedChange change)
    {
        if (change.Recorded.Damage is not null)
        {
            return ChangeKind.Quarantined; // whatever it was
        }

        var view = change.View ?? throw new InvalidOperationException("A predicate needs the states around a change");
        if (!where.IsOverState)
        {
            return where.Judge(view) switch { Verdict.Yes => Plain(change.Recorded), Verdict.No => ChangeKind.None, _ => ChangeKind.TooCostly };
        }

        // What does not exist matches nothing, whatever the predicate says of no properties.
        var before = change.Before!.Count > 0 ? where.Judge(view.Before) : Verdict.No;
        var after = change.After!.Count > 0 ? where.Judge(view.After) : Verdict.No;
        if (before == Verdict.TooCostly || after == Verdict.TooCostly)
        {
            return ChangeKind.TooCostly;
        }

        return (before, after) switch
        {
            (Verdict.Yes, Verdict.Yes) => ChangeKind.Change,
            (Verdict.No, Verdict.Yes) => ChangeKind.Enter,
            (Verdict.Yes, Verdict.No) => change.Recorded.Data.Payload.Change.IsDeletion ? ChangeKind.Deleted : ChangeKind.Leave,
            _ => ChangeKind.None,
        };
    }

    /// <summary>Says what a change is to those without a predicate.</summary>
    public static ChangeKind Plain(RecordedEvent recorded) => recorded.Damage is not null ? ChangeKind.Quarantined
        : recorded.Data.Payload.Change.IsDeletion ? ChangeKind.Deleted
        : ChangeKind.Change;

    /// <summary>Says whether a change is for subscribers at all: it changed an entity that is not one of Flux's own, or is damaged.</summary>
    public static bool IsPushed(RecordedEvent recorded) =>
        (recorded.IsApplied || recorded.Damage is not null) && recorded.Data.Payload.EntityId is { } id && !SystemEntity.Owns(id);
}
