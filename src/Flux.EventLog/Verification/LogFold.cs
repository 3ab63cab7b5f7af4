using System.Runtime.InteropServices;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.EventLog.Rows;

namespace Flux.EventLog.Verification;

/// <summary>Folds the log to what a read model must hold, without keeping any property: an entity's properties are the sum of their digests.</summary>
/// <remarks>
/// What an event replaces is taken out of the sum with the help of its <see cref="RecordedEvent.Before"/>, which its hash covers. So this fold is
/// another one than the server's, and an error of either shows.
/// </remarks>
internal sealed class LogFold
{
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    public long EntityCount { get; private set; }

    /// <summary>Gets the namespaces and how many entities exist in each.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    /// <summary>Gets the sum of the digests of the ids that producers gave.</summary>
    public UInt128 EventIds { get; private set; }

    public long EventIdCount { get; private set; }

    /// <summary>Adds the next event.</summary>
    /// <exception cref="InvalidDataException">It says that it replaced what was not there.</exception>
    public void Add(CheckedRow row)
    {
        if (row.Entity is { } entity)
        {
            var existed = entity.Exists;
            Apply(entity, row.Event);
            entity.Expiry = entity.Expiry.After(row.Event.Data.Payload.Change, row.Event.Expiry, entity.Exists);
            entity.Positions = PositionDigest.Add(entity.Positions, row.Event.Position.Value);
            if (existed != entity.Exists)
            {
                var more = entity.Exists ? 1 : -1;
                EntityCount += more;
                CollectionsMarshal.GetValueRefOrAddDefault(_counts, EntityKey.Trusted(entity.Id).Namespace, out _) += more;
            }
        }

        if (row.Event.Data.EventIdIsGiven)
        {
            EventIds += ContentDigest.Of(EventIdOf(row.Event));
            EventIdCount++;
        }
    }

    public static IndexedEventId EventIdOf(RecordedEvent row) =>
        new(row.Data.Entity?.Namespace ?? string.Empty, row.Data.EventId, row.Position.Value);

    private static void Apply(CheckedEntity entity, RecordedEvent row)
    {
        var change = row.Data.Payload.Change;
        if (row.Before is null)
        {
            if (change.SetsProperties || (change.IsDeletion && entity.Exists))
            {
                throw Damage.At(row, "changes its entity, and has nothing about what was there before");
            }

            return;
        }

        entity.LastUpdated = row.RecordedAt;
        if (change.IsDeletion)
        {
            (entity.Properties, entity.PropertyCount) = (UInt128.Zero, 0);
            return;
        }

        foreach (var (name, value) in ReadBefore(row))
        {
            entity.Properties -= ContentDigest.Of(name, value);
            entity.PropertyCount--;
        }

        foreach (var property in change.Properties)
        {
            entity.Properties += ContentDigest.Of(property.Name, property.Value.Span);
            entity.PropertyCount++;
        }
    }

    private static PropertyMap ReadBefore(RecordedEvent row)
    {
        try
        {
            return EntityState.ReadProperties(row.Before!);
        }
        catch (Exception e) when (StoredRowDecoder.IsUnreadable(e))
        {
            throw Damage.At(row.Position.Value, row.Data.Payload.EntityId, row.Version, "has a column before that cannot be read", e);
        }
    }
}
