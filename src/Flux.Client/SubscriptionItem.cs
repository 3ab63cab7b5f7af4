using System.Text.Json;

namespace Flux.Client;

/// <summary>What a subscription hands to the application, in the order in which the server sent it.</summary>
public abstract record SubscriptionItem
{
    private SubscriptionItem()
    {
    }

    /// <summary>Gets the cursor that stands for this item and all before it; null when the item is only a part of something.</summary>
    public string? Cursor { get; init; }

    /// <summary>
    /// The server accepted the subscription: for the first time, or again after a connection was lost. Items without a cursor that came
    /// after
    /// <paramref name="ResumedAfter"/> come once more then.
    /// </summary>
    /// <param name="Position">It begins right after this position.</param>
    /// <param name="ResumedAfter">The cursor with which it was taken up again, or which the application gave; null when there was
    /// none.</param>
    public sealed record Subscribed(long Position, string? ResumedAfter) : SubscriptionItem;

    /// <summary>
    /// A snapshot was cut off before it was complete, and begins anew. Forget what this subscription has shown so far.
    /// </summary>
    public sealed record Restarted : SubscriptionItem;

    /// <summary>An entity as the snapshot shows it. Rows come in the order of ids.</summary>
    /// <param name="EntityId">Its id.</param>
    /// <param name="Properties">All its properties.</param>
    /// <param name="Version">Its version.</param>
    /// <param name="LastUpdated">When it last changed.</param>
    public sealed record SnapshotRow(string EntityId, JsonElement Properties, long Version, DateTimeOffset LastUpdated) : SubscriptionItem;

    /// <summary>
    /// The snapshot, or all that was missed, is complete; what follows is live. Comes again when a slow subscription is live again.
    /// </summary>
    /// <param name="Position">Complete up to this position.</param>
    public sealed record CaughtUp(long Position) : SubscriptionItem;

    /// <summary>Something that an event did to an entity.</summary>
    /// <param name="EntityId">The entity.</param>
    /// <param name="Timestamp">When the event was committed.</param>
    /// <param name="EventId">The event's id.</param>
    /// <param name="Version">The entity's version with this event.</param>
    /// <param name="Position">The event's position in the log.</param>
    public abstract record Event(string EntityId, DateTimeOffset Timestamp, string EventId, long Version, long Position) : SubscriptionItem
    {
        /// <summary>Gets a value indicating whether it is of the past: a replay shows it again.</summary>
        public bool IsReplayed { get; init; }
    }

    /// <summary>An event set properties.</summary>
    /// <param name="EntityId">The entity.</param>
    /// <param name="Properties">The properties that the event set; those of several events when a slow reader asked to merge them.</param>
    /// <param name="Timestamp">When the event was committed.</param>
    /// <param name="EventId">The event's id.</param>
    /// <param name="Version">The entity's version with this event.</param>
    /// <param name="Position">The event's position in the log.</param>
    public sealed record Change(
        string EntityId, JsonElement Properties, DateTimeOffset Timestamp, string EventId, long Version, long Position)
        : Event(EntityId, Timestamp, EventId, Version, Position);

    /// <summary>An event removed the entity.</summary>
    /// <param name="EntityId">The entity.</param>
    /// <param name="Timestamp">When the event was committed.</param>
    /// <param name="EventId">The event's id.</param>
    /// <param name="Version">The entity's version with this event.</param>
    /// <param name="Position">The event's position in the log.</param>
    public sealed record EntityDeleted(string EntityId, DateTimeOffset Timestamp, string EventId, long Version, long Position)
        : Event(EntityId, Timestamp, EventId, Version, Position);

    /// <summary>With a predicate over state: the entity matches now and did not before.</summary>
    /// <param name="EntityId">The entity.</param>
    /// <param name="Properties">All its properties.</param>
    /// <param name="Timestamp">When the event was committed.</param>
    /// <param name="EventId">The event's id.</param>
    /// <param name="Version">The entity's version with this event.</param>
    /// <param name="Position">The event's position in the log.</param>
    public sealed record Enter(
        string EntityId, JsonElement Properties, DateTimeOffset Timestamp, string EventId, long Version, long Position)
        : Event(EntityId, Timestamp, EventId, Version, Position);

    /// <summary>With a predicate over state: the entity matches no longer, and still exists.</summary>
    /// <param name="EntityId">The entity.</param>
    /// <param name="Timestamp">When the event was committed.</param>
    /// <param name="EventId">The event's id.</param>
    /// <param name="Version">The entity's version with this event.</param>
    /// <param name="Position">The event's position in the log.</param>
    public sealed record Leave(string EntityId, DateTimeOffset Timestamp, string EventId, long Version, long Position)
        : Event(EntityId, Timestamp, EventId, Version, Position);

    /// <summary>A stretch of the log was merged for a slow reader who asked for it, and is done.</summary>
    /// <param name="From">The first position of the stretch.</param>
    /// <param name="To">The last position of the stretch.</param>
    /// <param name="Count">How many matching changes in it were merged into the items since the last one with a cursor.</param>
    /// <param name="Position">Complete up to this position.</param>
    public sealed record Skipped(long From, long To, long Count, long Position) : SubscriptionItem;

    /// <summary>
    /// The application has everything up to a position, of which the server has just made sure. Without a cursor, in a snapshot that is
    /// under way, it says only that the snapshot goes on.
    /// </summary>
    /// <param name="Position">The position.</param>
    public sealed record Progress(long Position) : SubscriptionItem
    {
        /// <summary>Gets what the clock of a replay shows, of which the last change that came has this position; null for other subscriptions, and while the
        /// clock shows nothing.</summary>
        public DateTimeOffset? Time { get; init; }
    }

    /// <summary>The server obeyed a message to a replay, which stands here now: what comes behind is from after it.</summary>
    /// <param name="Answer">The message: <c>replay</c> (also when it was taken up after a lost connection), <c>pause</c>, <c>resume</c>, <c>speed</c> or
    /// <c>seek</c>.</param>
    /// <param name="IsPaused">Whether its clock stands still.</param>
    /// <param name="Speed">How fast it is; null for as fast as the application reads.</param>
    /// <param name="Time">What its clock shows; null while it shows nothing.</param>
    /// <param name="End">Its last position; null when it goes live.</param>
    /// <param name="Position">The position of the last change that came, or the place where it begins.</param>
    public sealed record Replaying(string Answer, bool IsPaused, double? Speed, DateTimeOffset? Time, long? End, long Position) : SubscriptionItem;

    /// <summary>Everything up to the end of a replay has come. Nothing follows, unless it goes live: then it is a subscription now.</summary>
    /// <param name="Position">The end.</param>
    public sealed record Replayed(long Position) : SubscriptionItem;

    /// <summary>A replay was stopped. Nothing follows.</summary>
    /// <param name="Position">The position of the last change that came.</param>
    public sealed record Stopped(long Position) : SubscriptionItem;

    /// <summary>The server refused a message to a replay, which goes on as it was.</summary>
    /// <param name="Message">The message: <c>pause</c>, <c>resume</c>, <c>speed</c>, <c>seek</c> or <c>stop</c>.</param>
    /// <param name="Code">The code, such as <c>invalid_parameter</c> or <c>cursor_unknown</c>. Branch on it and never on the text.</param>
    /// <param name="Error">What is wrong.</param>
    public sealed record Refused(string Message, string Code, string Error) : SubscriptionItem;

    /// <summary>
    /// The cursor is of another log, or lies beyond the head. Nothing follows. <see cref="SubscriptionItem.Cursor"/> is that of the head:
    /// subscribe again after it, or with a snapshot.
    /// </summary>
    /// <param name="First">The first position that the log has.</param>
    /// <param name="Position">The head's position.</param>
    public sealed record CursorUnknown(long First, long Position) : SubscriptionItem;

    /// <summary>A frame of a type that this client does not know: the server is newer.</summary>
    /// <param name="Type">Its type.</param>
    /// <param name="Frame">All of it.</param>
    public sealed record Unrecognized(string Type, JsonElement Frame) : SubscriptionItem;
}
