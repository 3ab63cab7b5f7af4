using System.Buffers;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Json;

namespace Flux.Core.Log;

/// <summary>An event on disk: what the producer sent, and the place that the log gave it.</summary>
[GenerateSerializer, Immutable, Alias("flux.recorded-event")]
public sealed class RecordedEvent
{
    // Of what was read here, so it never travels. Two threads may both compare: the results are equal.
    [NonSerialized]
    private bool _isUnchecked;

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

    /// <summary>
    /// Gets what is wrong with the row; null when nothing is known to be. A damaged row stands for the one that was written: it has its place and its
    /// entity, and changes nothing.
    /// </summary>
    [Id(8)]
    public string? Damage { get; init; }

    /// <summary>
    /// Gets a value indicating whether it was read from the store and its hash not compared yet: whoever knows the hash before it does
    /// (<see cref="EntityState.Apply"/>). What comes from the process that wrote it needs no look.
    /// </summary>
    public bool IsUnchecked
    {
        get => _isUnchecked;
        init => _isUnchecked = value;
    }

    /// <summary>Gets a value indicating whether the event changed its entity: set a property, or removed what was there.</summary>
    public bool IsApplied => Before is not null;

    /// <summary>Makes what stands for a row that cannot be taken for what was written.</summary>
    /// <param name="position">Its place.</param>
    /// <param name="recordedAt">The time of its commit.</param>
    /// <param name="entity">Its entity; null for none, or when nobody knows.</param>
    /// <param name="version">Its version.</param>
    /// <param name="damage">What is wrong with it.</param>
    /// <param name="hash">The hash that it has; <see cref="EventHash.None"/> when it is not there.</param>
    /// <param name="eventId">Its id; empty when it is not known.</param>
    /// <returns>A row that changes nothing.</returns>
    public static RecordedEvent Damaged(
        Position position, Timestamp recordedAt, string? entity, long version, string damage, byte[] hash, string eventId)
    {
        var payload = new ArrayBufferWriter<byte>(64);
        payload.Write("{"u8);
        if (entity is not null)
        {
            payload.Write("\"entity_id\":"u8);
            JsonWrite.String(payload, entity);
        }

        payload.Write("}"u8);
        return new RecordedEvent
        {
            Position = position,
            RecordedAt = recordedAt,
            Version = version,
            Data = new EventData
            {
                EventId = eventId,
                EventIdIsGiven = false,
                Stream = "flux.damaged",
                Source = "flux",
                Timestamp = recordedAt.Microseconds / 1000,
                TimestampIsGiven = false,
                Payload = new EventPayload(payload.WrittenSpan.ToArray()),
            },
            Hash = hash,
            Damage = damage,
        };
    }

    /// <summary>Compares the row with its hash.</summary>
    /// <param name="previous">The hash of its entity's row before.</param>
    /// <returns>The row, or what stands for it.</returns>
    public RecordedEvent Checked(ReadOnlySpan<byte> previous)
    {
        if (WhyNotBehind(previous) is { } damage)
        {
            return Damaged(Position, RecordedAt, Data.Payload.EntityId, Version, damage, Hash, Data.EventId);
        }

        _isUnchecked = false;
        return this;
    }

    /// <summary>Says what is wrong with the row when it follows another one.</summary>
    /// <param name="previous">The hash of its entity's row before.</param>
    /// <returns>What is wrong; null when it is what was written.</returns>
    public string? WhyNotBehind(ReadOnlySpan<byte> previous) => Damage is not null ? Damage
        : IsUnchecked && !EventHash.IsOfRow(previous, this)
            ? "does not have its hash: it was changed"
            : null;
}
