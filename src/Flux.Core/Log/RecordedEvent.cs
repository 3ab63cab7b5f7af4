using Flux.Core.Entities;
using Flux.Core.Events;

namespace Flux.Core.Log;

/// <summary>An event on disk: what the producer sent, and the place that the log gave it.</summary>
[GenerateSerializer, Immutable, Alias("flux.recorded-event")]
public sealed class RecordedEvent
{
    /// <summary>Gets the place in the log.</summary>
    [Id(0)]
    public required Position Position { get; init; }

    /// <summary>Gets the time of the commit. It never goes backwards along the log.</summary>
    [Id(1)]
    public required Timestamp RecordedAt { get; init; }

    /// <summary>Gets the place among its entity's events, from 1 without a gap; 0 for an event without an entity.</summary>
    [Id(2)]
    public required long Version { get; init; }

    /// <summary>Gets the event as it was handed in.</summary>
    [Id(3)]
    public required EventData Data { get; init; }

    /// <summary>
    /// Gets what was there before, as one JSON object in UTF-8: the former values of the properties that the event sets, new ones left out;
    /// <c>{}</c> for the deletion of an entity. Null when the event changed nothing.
    /// </summary>
    [Id(4)]
    public byte[]? Before { get; init; }

    /// <summary>Gets the position of the event that led to this one, when the producer named it.</summary>
    [Id(5)]
    public Position? Cause { get; init; }

    /// <summary>Gets the row's hash, 32 bytes: see <see cref="EventHash"/>.</summary>
    [Id(6)]
    public required byte[] Hash { get; init; }

    /// <summary>Gets what the event makes due, and when; null for nothing.</summary>
    [Id(7)]
    public Expiry? Expiry { get; init; }

    /// <summary>Gets a value indicating whether the event changed its entity: set a property, or removed what was there.</summary>
    public bool IsApplied => Before is not null;
}
