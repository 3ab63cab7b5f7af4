using Flux.Core.Log;

namespace Flux.EventLog.Rows;

/// <summary>An event that has its place and its hash.</summary>
/// <param name="Commit">Its commit. The digest was compared when <see cref="EndsCommit"/>.</param>
/// <param name="Event">The event.</param>
/// <param name="Entity">Its entity as of this event; null for an event without one.</param>
/// <param name="Previous">The hash of the entity's event before.</param>
internal readonly record struct CheckedRow(CommitRow Commit, RecordedEvent Event, CheckedEntity? Entity, byte[] Previous)
{
    public bool EndsCommit => Event.Position == Commit.Last;
}
