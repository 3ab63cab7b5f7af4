using Flux.Core.Entities;

namespace Flux.Core.Log;

/// <summary>What became of an append. A log that cannot be reached throws instead.</summary>
[GenerateSerializer, Immutable, Alias("flux.append-result")]
public abstract record AppendResult
{
    private AppendResult()
    {
    }

    /// <summary>The event is on disk.</summary>
    /// <param name="Event">The event with its place.</param>
    [GenerateSerializer, Immutable, Alias("flux.append-result.appended")]
    public sealed record Appended([property: Id(0)] RecordedEvent Event) : AppendResult;

    /// <summary>The same event was recorded before; nothing was written.</summary>
    /// <param name="Event">The event as it was recorded then.</param>
    [GenerateSerializer, Immutable, Alias("flux.append-result.duplicate")]
    public sealed record Duplicate([property: Id(0)] RecordedEvent Event) : AppendResult;

    /// <summary>Another event has this id in this namespace; nothing was written.</summary>
    /// <param name="EventId">The id.</param>
    [GenerateSerializer, Immutable, Alias("flux.append-result.event-id-conflict")]
    public sealed record EventIdConflict([property: Id(0)] string EventId) : AppendResult;

    /// <summary>The entity has another version than the writer thought; nothing was written.</summary>
    /// <param name="Actual">The entity's version in the log.</param>
    [GenerateSerializer, Immutable, Alias("flux.append-result.version-conflict")]
    public sealed record VersionConflict([property: Id(0)] long Actual) : AppendResult;

    /// <summary>The entity would grow beyond its limits; nothing was written.</summary>
    /// <param name="Reason">Which limit, for a person.</param>
    [GenerateSerializer, Immutable, Alias("flux.append-result.entity-full")]
    public sealed record EntityFull([property: Id(0)] string Reason) : AppendResult;

    /// <summary>A condition that came with the event does not hold; nothing was written.</summary>
    /// <param name="Condition">Which one.</param>
    /// <param name="Version">The entity's version.</param>
    /// <param name="Current">The entity as it is; null when it does not exist.</param>
    [GenerateSerializer, Immutable, Alias("flux.append-result.condition-failed")]
    public sealed record ConditionFailed(
        [property: Id(0)] FailedCondition Condition, [property: Id(1)] long Version, [property: Id(2)] EntitySnapshot? Current) : AppendResult;

    /// <summary>An earlier append of the same entity was not recorded, so this one was not judged; nothing was written. Queue it again.</summary>
    [GenerateSerializer, Immutable, Alias("flux.append-result.behind")]
    public sealed record Behind : AppendResult
    {
        /// <summary>The only one there is.</summary>
        public static readonly Behind Instance = new();
    }
}
