using System.Buffers;
using Flux.Core.Events;
using Flux.Core.Json;
using Flux.Core.Log;

namespace Flux.Core.Entities;

/// <summary>The fold of an entity's events. One <c>Apply</c> serves live appends, activation, projection and replay.</summary>
/// <param name="Version">The version of the last event; 0 for an entity without events.</param>
/// <param name="Hash">The last event's hash; <see cref="EventHash.None"/> before the first.</param>
/// <param name="Properties">The properties that are set.</param>
/// <param name="LastUpdated">When the last event that changed something was recorded.</param>
/// <param name="Expiry">What becomes due of it, and when.</param>
public sealed record EntityState(long Version, byte[] Hash, PropertyMap Properties, Timestamp LastUpdated, Expiry Expiry)
{
    /// <summary>An entity of which nothing was ever recorded.</summary>
    public static readonly EntityState Empty = new(Version: 0, EventHash.None, PropertyMap.Empty, default, Expiry.None);

    // Of a property beside its name and its value: quotation marks, colon and comma.
    private const int Punctuation = 4;

    private static readonly byte[] NothingBefore = "{}"u8.ToArray();

    /// <summary>Gets a value indicating whether the entity exists: a property was set since the last deletion.</summary>
    public bool Exists => Properties.Count > 0;

    /// <summary>Gets what is wrong with the entity's events; null when nothing is. Nothing that comes behind it makes it whole again.</summary>
    public EntityDamage? Damage { get; init; }

    /// <summary>Adds the next recorded event. Behind one that is damaged, missing or out of order, the properties stay as they were before it.</summary>
    /// <param name="recorded">The event after this state.</param>
    /// <returns>The state after it; with a <see cref="Damage"/> when the event is not what was written behind this state.</returns>
    public EntityState Apply(RecordedEvent recorded)
    {
        if (Damage is not null)
        {
            return Spoil(recorded, Damage);
        }

        if (WhyNotNext(recorded) is { } reason)
        {
            return Spoil(recorded, new EntityDamage(recorded.Position, recorded.Version, reason));
        }

        return Next(
            recorded.Data.Payload.Change, recorded.Version, recorded.Hash, recorded.Expiry, recorded.IsApplied ? recorded.RecordedAt : LastUpdated);
    }

    /// <summary>Gives the state that an event will leave once it is recorded; <see cref="LastUpdated"/> is only known then.</summary>
    /// <param name="change">What the event does.</param>
    /// <param name="version">Its version.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="expiry">What it makes due; null for nothing.</param>
    /// <returns>The state after it.</returns>
    public EntityState After(EntityChange change, long version, byte[] hash, Expiry? expiry) => Next(change, version, hash, expiry, LastUpdated);

    /// <summary>Completes a state made by <see cref="After"/> with the time of the commit.</summary>
    /// <param name="previous">The recorded state before.</param>
    /// <param name="isApplied">Whether the event changed something.</param>
    /// <param name="recordedAt">The time of the commit.</param>
    /// <returns>The recorded state.</returns>
    public EntityState RecordedAs(EntityState previous, bool isApplied, Timestamp recordedAt) =>
        this with { LastUpdated = isApplied ? recordedAt : previous.LastUpdated };

    /// <summary>Gives what the log keeps of the state before an event: see <see cref="RecordedEvent.Before"/>.</summary>
    /// <param name="change">What the event does.</param>
    /// <returns>A JSON object in UTF-8; null when the event changes nothing.</returns>
    public byte[]? Before(EntityChange change)
    {
        if (change.IsDeletion)
        {
            return Exists ? NothingBefore : null;
        }

        if (!change.SetsProperties)
        {
            return null;
        }

        var size = 0;
        foreach (var property in change.Properties)
        {
            size += Properties.TryGetValue(property.Name, out var value) ? property.Name.Length + value.Length + Punctuation : 0;
        }

        if (size == 0)
        {
            return NothingBefore;
        }

        var former = new ArrayBufferWriter<byte>(size + Punctuation); // of that size, unless a name needs more bytes than letters
        foreach (var property in change.Properties)
        {
            if (Properties.TryGetValue(property.Name, out var value))
            {
                former.Write(former.WrittenCount == 0 ? "{"u8 : ","u8);
                JsonWrite.String(former, property.Name);
                former.Write(":"u8);
                former.Write(value);
            }
        }

        former.Write("}"u8);
        return former.WrittenSpan.ToArray();
    }

    /// <summary>Writes the properties as one JSON object, names in ordinal order, values as the producers wrote them.</summary>
    /// <param name="output">Where to.</param>
    public void WriteProperties(IBufferWriter<byte> output) => Properties.WriteTo(output);

    /// <summary>Reads back what <see cref="WriteProperties"/> wrote.</summary>
    /// <param name="json">One JSON object in UTF-8.</param>
    /// <returns>The properties.</returns>
    public static PropertyMap ReadProperties(byte[] json) => PropertyMap.Empty.Set(PayloadScan.ReadProperties(json));

    /// <summary>Gives the state without what may not be shown or relied on.</summary>
    /// <exception cref="EntityQuarantinedException">The entity has a damaged event.</exception>
    /// <returns>This state.</returns>
    public EntityState Whole() => Damage is null ? this : throw new EntityQuarantinedException(Damage);

    private EntityState Next(EntityChange change, long version, byte[] hash, Expiry? expiry, Timestamp lastUpdated)
    {
        var isEmptied = change.IsDeletion && !Defect.IsOn(Defect.KeepsProperties);
        var properties = isEmptied ? PropertyMap.Empty : change.SetsProperties ? Properties.Set(change.Properties) : Properties;
        return new EntityState(version, hash, properties, lastUpdated, Expiry.After(change, expiry, exists: properties.Count > 0));
    }

    private string? WhyNotNext(RecordedEvent recorded) =>
        recorded.Damage
        ?? (recorded.Version != Version + 1 ? $"follows version {Version}: an event is missing, or was moved"
            : recorded.IsUnchecked ? recorded.WhyNotBehind(Hash) : null);

    // It goes on counting the events, so that those of the log and of its indexes keep their numbers.
    private EntityState Spoil(RecordedEvent recorded, EntityDamage damage) => this with
    {
        Version = Version + 1,
        Hash = recorded.Hash,
        Damage = damage,
    };
}
